#include "modules/health/past_record.h"

#include <gtest/gtest.h>

#include "past_fixture.h"

namespace ntm::health {
namespace {

using test::kWholeHour;

class PastRecordTest : public testing::Test {
 protected:
  // Seconds in [from, to) after the hour.
  void Pass(int64_t from, int64_t to) {
    for (int64_t second = from; second < to; ++second) {
      network_.Pass(kWholeHour + second);
      record_.Add(SumsOf(network_.snapshot), 1);
    }
  }
  std::map<int64_t, PastBucket> All(int64_t step_seconds) const {
    return record_.Buckets(step_seconds, 0, kWholeHour + kDaySeconds);
  }

  test::Network network_;
  PastRecord record_;
};

TEST_F(PastRecordTest, EveryCountIsInOneStepOfEachTier) {
  record_.KeepForWriting({});
  Pass(0, 2 * 3600);
  for (const Tier& tier : kPastTiers) {
    const auto buckets = All(tier.step_seconds);
    const auto step = static_cast<uint64_t>(tier.step_seconds);
    ASSERT_EQ(buckets.size(), 7200U / step);
    for (const auto& [begin_s, bucket] : buckets) {
      EXPECT_EQ(begin_s % tier.step_seconds, 0);
      EXPECT_EQ(bucket.watched_seconds, static_cast<double>(step));
      EXPECT_EQ(bucket.attempts.connections, 2 * step);
      EXPECT_EQ(bucket.attempts.refused, step);
      EXPECT_EQ(bucket.attempts.unanswered, 0U);
      EXPECT_EQ(bucket.down.segments, 10 * step);
      EXPECT_EQ(bucket.down.retransmitted, step);
      EXPECT_EQ(bucket.up.segments, 0U);
      EXPECT_EQ(bucket.remote.count(), step);
      EXPECT_EQ(bucket.local.count(), 0U);
      EXPECT_NEAR(*bucket.remote.Quantile(kMedian), 0.02, 0.00044);
      EXPECT_NEAR(*bucket.dns.Quantile(kP95), 0.04, 0.00088);
      EXPECT_EQ(bucket.attempts.dns_questions, step);
      EXPECT_EQ(bucket.attempts.dns_failures, step);
    }
  }
}

TEST_F(PastRecordTest, WithoutADatabaseTheLastHourIsInMemory) {
  Pass(0, 3 * 3600);
  EXPECT_EQ(All(kMinuteSeconds).size(), 61U);
  EXPECT_EQ(All(900).size(), 5U);
}

TEST_F(PastRecordTest, WhatIsWrittenIsNotWrittenAgainExceptTheOpenMinute) {
  record_.KeepForWriting({});
  Pass(0, 150);
  const auto first = record_.ToWrite();
  EXPECT_EQ(first.points.size(), 3U);
  // Not confirmed: the same again.
  EXPECT_EQ(record_.ToWrite().points.size(), 3U);
  Pass(150, 200);
  record_.Written(first);
  const auto second = record_.ToWrite();
  ASSERT_EQ(second.points.size(), 2U);
  EXPECT_EQ(second.points[0].bucket.begin_s, kWholeHour + 120);
  EXPECT_EQ(second.points[0].bucket.watched_seconds, 60);
  EXPECT_EQ(second.points[1].bucket.watched_seconds, 20);
}

TEST_F(PastRecordTest, ARestartContinuesEveryTier) {
  record_.KeepForWriting({});
  Pass(0, 1000);
  PastBuckets minutes;
  for (const PastPoint& point : record_.ToWrite().points) {
    if (point.step_seconds == kMinuteSeconds) minutes.push_back(point.bucket);
  }
  PastRecord after;
  after.KeepForWriting(minutes);
  test::Network fresh;  // counters begin at 0 again
  for (int64_t second = 1000; second < 1800; ++second) {
    fresh.Pass(kWholeHour + second);
    after.Add(SumsOf(fresh.snapshot), 1);
  }
  for (const Tier& tier : kPastTiers) {
    const auto buckets =
        after.Buckets(tier.step_seconds, kWholeHour, kWholeHour + 1800);
    // Of the minutes before the restart, the last one is continued.
    const int64_t from = tier.step_seconds == kMinuteSeconds ? 960 : int64_t{0};
    ASSERT_EQ(buckets.begin()->first, kWholeHour + from);
    uint64_t connections = 0;
    for (const auto& [begin_s, bucket] : buckets) {
      connections += bucket.attempts.connections;
    }
    EXPECT_EQ(connections, static_cast<uint64_t>(2 * (1800 - from)))
        << tier.step_seconds;
  }
}

TEST_F(PastRecordTest, ADatabaseThatComesLateTakesNothingAway) {
  Pass(0, 100);
  PastBucket stored;
  stored.begin_s = kWholeHour;
  stored.attempts.connections = 5000;
  record_.KeepForWriting({stored});
  Pass(100, 130);
  EXPECT_EQ(All(3600).begin()->second.attempts.connections, 260U);
  // Two minutes and the open one.
  EXPECT_EQ(record_.ToWrite().points.size(), 3U);
}

TEST_F(PastRecordTest, WhatCannotBeWrittenWaitsAsLongAsItWouldBeKept) {
  record_.KeepForWriting({});
  Sums sums = SumsOf(network_.snapshot);
  constexpr int64_t kMinutes = 4 * 24 * 60;
  for (int64_t minute = 0; minute <= kMinutes; ++minute) {
    sums.time_ns = (kWholeHour + 60 * minute) * kNsPerSecond;
    record_.Add(sums, 60);
  }
  const auto unwritten = record_.ToWrite();
  const size_t minutes = 3 * 24 * 60;
  const size_t quarters = 4 * 24 * 4;
  const size_t hours = 4 * 24;
  EXPECT_EQ(unwritten.points.size(), minutes + quarters + hours + 1);
  record_.Written(unwritten);
  EXPECT_EQ(record_.ToWrite().points.size(), 1U);
}

TEST_F(PastRecordTest, AClockSetBackCountsOn) {
  record_.KeepForWriting({});
  Pass(0, 100);
  Pass(90, 100);  // a little: into the open minute
  EXPECT_EQ(All(kMinuteSeconds).size(), 2U);
  EXPECT_EQ(All(kMinuteSeconds).rbegin()->second.watched_seconds, 50);
  Pass(-86400, -86390);  // by a day: a minute of its own
  EXPECT_EQ(All(kMinuteSeconds).begin()->first, kWholeHour - 86400);
  EXPECT_EQ(All(kMinuteSeconds).begin()->second.attempts.connections, 20U);
}

}  // namespace
}  // namespace ntm::health
