#include "modules/usage/usage_store.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <ctime>
#include <filesystem>

#include "usage_fixture.h"

namespace ntm::usage {
namespace {

using test::kStart;

struct UsageStoreTest : ::testing::Test {
  UsageStoreTest() {
    setenv("TZ", "UTC0", 1);
    tzset();
    std::string name =
        (std::filesystem::temp_directory_path() / "ntm-usage-XXXXXX");
    folder = mkdtemp(name.data());
    database =
        std::make_unique<Database>(folder + "/usage.db", OpenMode::kWrite);
    for (const std::string& sql : UsageMigrations()) database->Execute(sql);
  }
  ~UsageStoreTest() override {
    database.reset();
    std::filesystem::remove_all(folder);
  }
  std::string folder;
  std::unique_ptr<Database> database;
};

const UsageKey kKnownHost{"10.0.0.1", "https"};

TEST_F(UsageStoreTest, DaysAreReadAsTheyWereWritten) {
  const UsageRows rows = {{kKnownHost, {1, 2}},
                          {{"10.0.0.1", "https", true}, {3, 4}},
                          {{kOther, ""}, {5, uint64_t{1} << 62}}};
  WriteDays({{"2026-01-31", true, rows, 0}}, database.get());
  EXPECT_EQ(NewestDay(database.get()), "2026-01-31");
  EXPECT_EQ(ReadDay("2026-01-31", database.get()), rows);
  EXPECT_TRUE(ReadDay("2026-01-30", database.get()).empty());
}

TEST_F(UsageStoreTest, AMonthIsTheSumOfItsDays) {
  for (const char* day :
       {"2025-12-31", "2026-01-01", "2026-01-02", "2026-01-31", "2026-02-01"}) {
    WriteDays({{day, true, {{kKnownHost, {10, 1}}}, 0}}, database.get());
  }
  EXPECT_EQ(
      ReadDays("2026-01-01", "2026-02-01", {"2026-01-02"}, database.get()),
      (UsageRows{{kKnownHost, {20, 2}}}));
}

TEST_F(UsageStoreTest, ChangedRowsReplaceThoseOfTheSameKey) {
  WriteDays({{"2026-01-31", true, {{kKnownHost, {1, 2}}}, 0}}, database.get());
  WriteDays({{"2026-01-31", false, {{{"10.0.0.2", "ssh"}, {9, 9}}}, 0}},
            database.get());
  EXPECT_EQ(ReadDay("2026-01-31", database.get()).size(), 2U);
  WriteDays({{"2026-01-31", true, {{kKnownHost, {3, 3}}}, 0}}, database.get());
  EXPECT_EQ(ReadDay("2026-01-31", database.get()),
            (UsageRows{{kKnownHost, {3, 3}}}));
}

TEST_F(UsageStoreTest, SlotsAndCountersAreReadAsTheyWereWritten) {
  InterfaceMeter::Changes changes;
  changes.slots = {{kStart, 1, 2, 300, 0.5, 0.25},
                   {kStart + 300, 3, 4, 12.5, 1.5, 2.5}};
  changes.counters["eth0"] = {100, 200};
  WriteMeter(changes, database.get());
  changes.counters.clear();
  changes.counters["eth1"] = {7, 8};
  // Another part of the second.
  changes.slots = {{kStart + 300, 30, 0, 37.5, 0.5, 0.5}};
  WriteMeter(changes, database.get());
  const auto slots = ReadSlots(kStart, kStart + 600, database.get());
  ASSERT_EQ(slots.size(), 2U);
  EXPECT_EQ(slots[0].begin_s, kStart);
  EXPECT_EQ(slots[0].transmit_bytes_per_second, 0.25);
  EXPECT_EQ(slots[1].receive_bytes, 33U);
  EXPECT_EQ(slots[1].transmit_bytes, 4U);
  EXPECT_EQ(slots[1].watched_seconds, 50);
  EXPECT_EQ(slots[1].receive_bytes_per_second, 0.75);
  EXPECT_EQ(ReadSlots(kStart + 1, kStart + 300, database.get()).size(), 0U);
  const auto counters = ReadCounters(database.get());
  ASSERT_EQ(counters.size(), 1U);
  EXPECT_EQ(counters.at("eth1").transmit_bytes, 8U);
}

TEST_F(UsageStoreTest, OnlyTheNewestSlotsAreLoaded) {
  InterfaceMeter::Changes changes;
  for (int day = 0; day < 60; ++day) {
    changes.slots.push_back({kStart + day * 86400, 1, 1, 300, 1, 1});
  }
  WriteMeter(changes, database.get());
  EXPECT_EQ(ReadNewestSlots(32, database.get()).size(), 33U);
}

TEST_F(UsageStoreTest, ThirteenMonthsAreKept) {
  for (const char* day : {"2024-12-01", "2024-12-02", "2025-01-31"}) {
    WriteDays({{day, true, {{kKnownHost, {1, 1}}, {{"b", ""}, {1, 1}}}, 0}},
              database.get());
  }
  WriteMeter({{{kStart - 404 * 86400, 1, 1, 300, 1, 1},
               {kStart - 396 * 86400, 1, 1, 300, 1, 1}},
              {}},
             database.get());
  EXPECT_EQ(DeleteOldUsage(kStart, 3, database.get()), 3);
  EXPECT_EQ(DeleteOldUsage(kStart, 3, database.get()), 2);
  EXPECT_EQ(DeleteOldUsage(kStart, 3, database.get()), 0);
  EXPECT_EQ(ReadDay("2025-01-31", database.get()).size(), 2U);
  EXPECT_EQ(ReadSlots(0, kStart, database.get()).size(), 1U);
}

}  // namespace
}  // namespace ntm::usage
