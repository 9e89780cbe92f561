#include "modules/history/store.h"

#include <gtest/gtest.h>

#include "history_fixture.h"
#include "modules/history/database_path.h"
#include "modules/history/utc_time.h"
#include "ntm/base/unix_time.h"
#include "ntm/base/utc_text.h"

namespace ntm::history {
namespace {

using test::Ask;
using test::kEth0;
using test::kStart;

constexpr int64_t kSlice = 500;

struct StoreTest : ::testing::Test {
  void Write() {
    const Batches batches = recorder.BeginWrite();
    Transaction transaction(*database);
    WriteBatches(batches, database.get());
    transaction.Commit();
    recorder.EndWrite(batches);
  }
  DeletedRows DeleteAll(int64_t now_s, int64_t days) {
    DeletedRows all;
    for (;;) {
      const DeletedRows some = DeleteOld(now_s, days, kSlice, database.get());
      all.stats += some.stats;
      all.points += some.points;
      EXPECT_LE(some.stats + some.points, kSlice);
      if (some.stats + some.points == 0) return all;
    }
  }
  std::string Count(const std::string& rest) {
    return Ask(database.get(), "SELECT count(*) FROM " + rest);
  }

  test::Folder folder;
  std::unique_ptr<Database> database = OpenOwned(folder / "history.db");
  Recorder recorder;
  void SetUp() override { recorder.KeepForWriting(true); }
};

TEST_F(StoreTest, ACycleIsARowPerInterfaceWithOneUtcTimestamp) {
  recorder.Take(test::Cycle(kStart, 1000, 50));
  Write();
  EXPECT_EQ(Count("network_stats"), "2");
  EXPECT_EQ(Ask(database.get(), "SELECT DISTINCT timestamp FROM network_stats"),
            "2026-01-31T08:00:00");
  EXPECT_EQ(Ask(database.get(),
                "SELECT bytes_sent || ' ' || bytes_recv || ' ' || packets_sent "
                "|| ' ' || packets_recv || ' ' || errin || ' ' || errout || ' "
                "' || dropin || ' ' || dropout || ' ' || bytes_sent_rate || ' "
                "' || bytes_recv_rate FROM network_stats WHERE interface = "
                "'eth0'"),
            "2000 1000 4 3 5 6 7 8 100.0 50.0");
}

TEST_F(StoreTest, RatesThatAreNotKnownAreNull) {
  InterfaceCycle cycle = test::Cycle(kStart, 1000, 50);
  cycle.rows[0].receive_bytes_per_second.reset();
  cycle.rows[0].transmit_bytes_per_second.reset();
  recorder.Take(cycle);
  Write();
  EXPECT_EQ(Count("network_stats WHERE bytes_sent_rate IS NULL AND "
                  "bytes_recv_rate IS NULL AND interface = '_total'"),
            "1");
}

TEST_F(StoreTest, WithoutRawCountsOnlyRatesAreStored) {
  InterfaceCycle cycle = test::Cycle(kStart, 1000, 50);
  cycle.store_raw_counts = false;
  recorder.Take(cycle);
  Write();
  EXPECT_EQ(Count("network_stats WHERE bytes_sent = 0 AND bytes_recv = 0 AND "
                  "packets_sent = 0 AND packets_recv = 0 AND errin = 0 AND "
                  "errout = 0 AND dropin = 0 AND dropout = 0 AND "
                  "bytes_recv_rate = 50 AND bytes_sent_rate = 100"),
            "2");
}

TEST_F(StoreTest, InterfacesHaveTheirCapacityInMegabits) {
  recorder.Take(test::Report(kStart, 1000, 50));
  Write();
  EXPECT_EQ(Ask(database.get(),
                "SELECT name || ' ' || macAddress || ' ' || ipAddress || ' ' "
                "|| speed || ' ' || totalBandwidth || ' ' || mtu || ' ' || "
                "isActive || ' ' || lastSeen || ' ' || currentUsage FROM "
                "network_interfaces"),
            "eth0 02:00:00:00:00:01 10.0.0.1/24,fd00::1/64 1000.0 1000.0 1500 "
            "1 2026-01-31T08:00:00 0.0012");
}

TEST_F(StoreTest, TheNewest1000RawPointsOfEachSourceStay) {
  for (int64_t i = 0; i <= 2000; ++i) {
    recorder.Take(test::Report(kStart + i * kRawStepSeconds, 0, 1));
  }
  Write();
  EXPECT_EQ(Count("traffic_history WHERE source = 'eth0' AND step_seconds = 5"),
            "2000");
  DeleteAll(kStart + 2001 * kRawStepSeconds, 30);
  EXPECT_EQ(Count("traffic_history WHERE source = 'eth0' AND step_seconds = 5"),
            "1000");
  EXPECT_EQ(Ask(database.get(),
                "SELECT min(timestamp) FROM traffic_history WHERE source = "
                "'eth0' AND step_seconds = 5"),
            StoredTime(kStart + 1000 * kRawStepSeconds));
}

TEST_F(StoreTest, RowsOlderThanRetentionDaysAreDeleted) {
  for (const int64_t days : {35, 31, 29, 0}) {
    recorder.Take(test::Cycle(kStart - days * kDaySeconds, 1, 1));
  }
  Write();
  EXPECT_EQ(DeleteAll(kStart, 30).stats, 4);
  EXPECT_EQ(Ask(database.get(), "SELECT min(timestamp) FROM network_stats"),
            StoredTime(kStart - 29 * kDaySeconds));
}

TEST_F(StoreTest, RetentionOfZeroDaysKeepsEverything) {
  recorder.Take(test::Cycle(kStart - 3500 * kDaySeconds, 1, 1));
  Write();
  EXPECT_EQ(DeleteAll(kStart, 0).stats, 0);
  EXPECT_EQ(CountStats(database.get()), 2);
}

TEST_F(StoreTest, EachTierIsKeptForItsOwnTime) {
  for (int64_t hour = 0; hour < 100 * 24; ++hour) {
    recorder.Take(test::Report(kStart + hour * 3600, 0, 1));
  }
  Write();
  const int64_t end_s = kStart + 100 * kDaySeconds;
  DeleteAll(end_s, 30);
  for (const Tier& tier : kTiers) {
    if (tier.step_seconds == kRawStepSeconds) continue;
    const Buckets left =
        ReadPoints(kEth0, tier.step_seconds, 0, end_s, database.get());
    ASSERT_FALSE(left.empty());
    EXPECT_EQ(left.front().begin_s,
              std::max(kStart, end_s - tier.keep_seconds));
  }
}

TEST_F(StoreTest, ASecondSourceKeepsItsPointsWhenTheFirstLosesThem) {
  AgentReport agents;
  agents.updates.resize(1);
  agents.updates[0].id = "eth0";  // the name of the interface, another kind
  agents.updates[0].last_update_ns = kStart * test::kNs;
  recorder.Take(agents);
  for (int64_t i = 0; i <= 1100; ++i) {
    recorder.Take(test::Report(kStart + i * kRawStepSeconds, 0, 1));
  }
  Write();
  DeleteAll(kStart + 1101 * kRawStepSeconds, 30);
  EXPECT_EQ(Count("traffic_history WHERE kind = 'agent' AND step_seconds = 5"),
            "1");
}

TEST_F(StoreTest, RowsInTheFutureAreFoundAndDisplaceNoCurrentRow) {
  EXPECT_FALSE(ReadRowsAfter(kStart, database.get()));
  constexpr int64_t kAhead = 40 * kDaySeconds;
  recorder.Take(test::Cycle(kStart + kAhead, 1, 1));
  for (int64_t i = 0; i <= 1500; ++i) {
    recorder.Take(test::Report(kStart + kAhead + i * kRawStepSeconds, 0, 1));
  }
  for (int64_t i = 0; i <= 10; ++i) {
    recorder.Take(test::Report(kStart + i * kRawStepSeconds, 0, 1));
  }
  recorder.Take(test::Cycle(kStart, 1, 1));
  Write();
  const auto ahead = ReadRowsAfter(kStart + 3600, database.get());
  ASSERT_TRUE(ahead);
  EXPECT_EQ(ahead->from_s, BeginOf(kStart + kAhead, 3600));
  EXPECT_EQ(ahead->to_s, kStart + kAhead + 1500 * kRawStepSeconds);
  DeleteAll(kStart + 60, 30);
  EXPECT_EQ(
      ReadPoints(kEth0, kRawStepSeconds, kStart, kStart + 60, database.get())
          .size(),
      10U);
  EXPECT_EQ(ReadRowsAfter(kStart + 3600, database.get())->to_s, ahead->to_s);
  EXPECT_EQ(ReadNewestStats(9, kStart, database.get()).front().timestamp,
            StoredTime(kStart));
  EXPECT_EQ(ReadOpenMinutes(kEth0, kStart + 60, database.get()).back().begin_s,
            BeginOf(kStart + 50, 60));
}

TEST_F(StoreTest, AClockSetBackDoesNotOverwriteThePast) {
  for (int64_t i = 0; i <= 60; ++i) {
    recorder.Take(test::Report(kStart + i, static_cast<uint64_t>(i), 50));
  }
  Write();
  Recorder after;
  after.KeepForWriting(true);
  after.Take(test::Report(kStart + 7, 1000, 1));
  after.Take(test::Report(kStart + 8, 9000, 1));
  after.Take(test::Report(kStart + 9000, 9000, 1));
  const Batches batches = after.BeginWrite();
  Transaction transaction(*database);
  WriteBatches(batches, database.get());
  transaction.Commit();
  const Buckets minute =
      ReadPoints(kEth0, kMinuteSeconds, kStart, kStart + 60, database.get());
  ASSERT_EQ(minute.size(), 1U);
  EXPECT_EQ(minute[0].samples, 60);
  EXPECT_EQ(minute[0].receive_bytes, 59U);
}

TEST_F(StoreTest, PointsAreReadAsTheyWereWritten) {
  recorder.Take(test::Report(kStart, 1000, 50));
  recorder.Take(test::Report(kStart + 1, 1700, 150));
  recorder.Take(test::Report(kStart + 60, 1700, 0));
  Write();
  const Buckets points =
      ReadPoints(kEth0, kMinuteSeconds, kStart, kStart + 60, database.get());
  ASSERT_EQ(points.size(), 1U);
  EXPECT_EQ(points[0].begin_s, kStart);
  EXPECT_EQ(points[0].samples, 2);
  EXPECT_DOUBLE_EQ(points[0].receive.mean, 100);
  EXPECT_DOUBLE_EQ(points[0].receive.min, 50);
  EXPECT_DOUBLE_EQ(points[0].transmit.max, 300);
  EXPECT_EQ(points[0].receive_bytes, 700U);
  EXPECT_EQ(points[0].transmit_bytes, 1400U);
}

}  // namespace
}  // namespace ntm::history
