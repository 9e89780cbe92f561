#include "modules/usage/usage_days.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <ctime>

#include "ntm/base/unix_time.h"
#include "usage_fixture.h"

namespace ntm::usage {
namespace {

using test::Flows;
using test::kStart;

constexpr char kToday[] = "2026-01-31";
constexpr char kTomorrow[] = "2026-02-01";
const UsageKey kHost{"10.0.0.1", "https"};

struct UsageDaysTest : ::testing::Test {
  UsageDaysTest() {
    setenv("TZ", "UTC0", 1);
    tzset();
  }
  void Tick(uint64_t bytes, int64_t time_s) {
    days.Take(Flows().Add("10.0.0.1", "1.1.1.1", bytes).snapshot, time_s);
  }
  // The content of the file after applying the changes.
  void Save() {
    for (const std::string& day : days.NotTakenUp()) {
      days.TakeUp(day, RowsOf(day));
    }
    const auto changes = days.Changes();
    for (const DayRows& change : changes) {
      if (change.is_whole) file[change.day].clear();
      for (const auto& [key, bytes] : change.rows) {
        file[change.day][key] = bytes;
        ++written;
      }
    }
    days.Saved(changes);
  }
  UsageRows RowsOf(const std::string& day) {
    return {file[day].begin(), file[day].end()};
  }

  UsageDays days;
  std::map<std::string, std::map<UsageKey, Bytes>> file;
  int written = 0;
};

TEST_F(UsageDaysTest, AddsTheIncreaseOfFlowsToTheirDay) {
  EXPECT_TRUE(days.is_new());
  Tick(100, kStart);
  Tick(150, kStart + 1);
  Tick(170, kStart + kDaySeconds);
  const auto rows = days.Rows(kToday, "2026-02-02");
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0].rows, (UsageRows{{kHost, {0, 150}}}));
  EXPECT_EQ(rows[1].day, kTomorrow);
  EXPECT_EQ(rows[1].rows, (UsageRows{{kHost, {0, 20}}}));
  EXPECT_EQ(days.Rows(kToday, kTomorrow).size(), 1U);
}

TEST_F(UsageDaysTest, SavesOnlyChangedRows) {
  Tick(100, kStart);
  Save();
  Save();
  EXPECT_EQ(written, 1);
  days.Take(Flows()
                .Add("10.0.0.1", "1.1.1.1", 100)
                .Add("10.0.0.2", "1.1.1.1", 5)
                .snapshot,
            kStart + 1);
  Save();
  EXPECT_EQ(written, 2);
  EXPECT_EQ(file[kToday].at(kHost), (Bytes{0, 100}));
}

TEST_F(UsageDaysTest, ARestartContinuesTodaysRows) {
  days.TakeUp(kToday, {{kHost, {7, 1000}}});
  EXPECT_TRUE(days.Changes().empty());
  Tick(100, kStart);
  Save();
  EXPECT_EQ(file[kToday].at(kHost), (Bytes{7, 1100}));
}

TEST_F(UsageDaysTest, ADayAlreadyInTheFileIsAddedTo) {
  file[kToday][kHost] = {7, 1000};
  file[kToday][{"10.0.0.9", "ssh"}] = {1, 1};
  Tick(100, kStart);  // before the file could be opened
  EXPECT_FALSE(days.Rows(kToday, kTomorrow)[0].is_whole);
  Save();
  EXPECT_EQ(file[kToday].at(kHost), (Bytes{7, 1100}));
  EXPECT_EQ(file[kToday].size(), 2U);
  EXPECT_TRUE(days.Rows(kToday, kTomorrow)[0].is_whole);
}

TEST_F(UsageDaysTest, APastDayIsDroppedOnceItIsSaved) {
  Tick(100, kStart);
  Save();
  Tick(120, kStart + 1);
  Tick(130, kStart + kDaySeconds);
  EXPECT_EQ(days.Rows(kToday, kTomorrow).size(), 1U);
  Save();
  EXPECT_TRUE(days.Rows(kToday, kTomorrow).empty());
  EXPECT_EQ(file[kToday].at(kHost), (Bytes{0, 120}));
  EXPECT_EQ(file[kTomorrow].at(kHost), (Bytes{0, 10}));
}

TEST_F(UsageDaysTest, ANewFileGetsAllOfToday) {
  Tick(100, kStart);
  Save();
  file.clear();
  days.SaveAgain();
  Save();
  EXPECT_EQ(file[kToday].at(kHost), (Bytes{0, 100}));
}

TEST_F(UsageDaysTest, MergedRowsAreRemovedFromTheFile) {
  Flows few;
  few.Add("10.0.0.1", "1.1.1.1", 1'000'000).Add("10.1.0.0", "1.1.1.1", 1);
  days.Take(few.snapshot, kStart);
  Save();
  Flows many = few;
  for (int i = 0; i < 1'200; ++i) {
    many.Add("10.2." + std::to_string(i / 256) + "." + std::to_string(i % 256),
             "1.1.1.1", 100);
  }
  days.Take(many.snapshot, kStart + 1);
  Save();
  EXPECT_LE(file[kToday].size(), UsageTable::kMaxRows);
  EXPECT_FALSE(file[kToday].contains({"10.1.0.0", "https"}));
  uint64_t sum = 0;
  for (const auto& [key, bytes] : file[kToday]) sum += bytes.out + bytes.in;
  EXPECT_EQ(sum, 1'000'000U + 1 + 1'200 * 100);
}

TEST_F(UsageDaysTest, WithoutAFileAMonthOfShortDaysIsKept) {
  uint64_t bytes = 0;
  for (int day = 0; day < 40; ++day) {
    Flows flows;
    bytes += 10;
    for (int i = 0; i < 300; ++i) {
      flows.Add(
          "10.2." + std::to_string(i / 256) + "." + std::to_string(i % 256),
          "1.1.1.1", bytes);
    }
    days.Take(flows.snapshot, kStart + day * kDaySeconds);
  }
  const auto rows = days.Rows("2026", "2027");
  EXPECT_EQ(rows.size(), UsageDays::kMaxDays);
  EXPECT_EQ(rows.back().rows.size(), 300U);
  for (size_t i = 0; i + 1 < rows.size(); ++i) {
    EXPECT_LE(rows[i].rows.size(), UsageDays::kRowsOfOldDays);
    uint64_t sum = 0;
    for (const auto& [key, used] : rows[i].rows) sum += used.sum();
    EXPECT_EQ(sum, 3000U);
  }
}

}  // namespace
}  // namespace ntm::usage
