#include "modules/history/rate_buckets.h"

#include <gtest/gtest.h>

namespace ntm::history {
namespace {

constexpr int64_t kOneHour = 3600;
constexpr int64_t kNow = 1'769'850'000;  // 2026-01-31T09:00:00Z

Bucket Sample(int64_t begin_s, double receive, double transmit = 0,
              uint64_t receive_bytes = 0) {
  Bucket bucket = BucketAt(begin_s);
  bucket.samples = 1;
  bucket.receive = {receive, receive, receive};
  bucket.transmit = {transmit, transmit, transmit};
  bucket.receive_bytes = receive_bytes;
  return bucket;
}

TEST(RateBucketsTest, MergedBucketsKeepMeanMinimumMaximumAndSum) {
  Bucket bucket = BucketAt(60);
  for (const double rate : {10.0, 40.0, 100.0}) {
    Merge(Sample(61, rate, rate / 10, 7), &bucket);
  }
  EXPECT_EQ(bucket.begin_s, 60);
  EXPECT_EQ(bucket.samples, 3);
  EXPECT_DOUBLE_EQ(bucket.receive.mean, 50);
  EXPECT_DOUBLE_EQ(bucket.receive.min, 10);
  EXPECT_DOUBLE_EQ(bucket.receive.max, 100);
  EXPECT_DOUBLE_EQ(bucket.transmit.mean, 5);
  EXPECT_EQ(bucket.receive_bytes, 21U);
}

TEST(RateBucketsTest, AMeanIsWeightedBySamples) {
  Bucket many = Sample(0, 10);
  many.samples = 9;
  Bucket bucket = BucketAt(0);
  Merge(many, &bucket);
  Merge(Sample(1, 110), &bucket);
  EXPECT_DOUBLE_EQ(bucket.receive.mean, 20);
}

TEST(RateBucketsTest, ASampleWithoutARateAddsOnlyItsBytes) {
  Bucket first = BucketAt(0);
  first.receive_bytes = 9;
  Bucket bucket = BucketAt(0);
  Merge(first, &bucket);
  Merge(Sample(1, 110), &bucket);
  Merge(first, &bucket);
  EXPECT_DOUBLE_EQ(bucket.receive.min, 110);
  EXPECT_EQ(bucket.receive_bytes, 18U);
}

TEST(RateBucketsTest, GroupsAreOneBucketPerStepAndGapsStayGaps) {
  const Buckets groups = Group(
      {Sample(0, 1), Sample(60, 3), Sample(900, 5), Sample(3600, 7)}, 900);
  ASSERT_EQ(groups.size(), 3U);
  EXPECT_EQ(groups[0].samples, 2);
  EXPECT_DOUBLE_EQ(groups[0].receive.mean, 2);
  EXPECT_EQ(groups[1].begin_s, 900);
  EXPECT_EQ(groups[2].begin_s, 3600);
}

struct PeriodCase {
  const char* name;
  int64_t hours;
  int64_t tier_seconds;
};

class PeriodTest : public ::testing::TestWithParam<PeriodCase> {};

TEST_P(PeriodTest, IsAnsweredWithinThePointLimit) {
  const PeriodCase& c = GetParam();
  const int64_t length = c.hours * kOneHour;
  const Resolution r = Resolve(kNow - length, kNow, kNow, std::nullopt);
  EXPECT_EQ(r.tier_seconds, c.tier_seconds);
  EXPECT_EQ(r.step_seconds % r.tier_seconds, 0);
  EXPECT_LE(length / r.step_seconds + 1, kMaxPoints);
  for (const Tier& tier : kTiers) {
    if (tier.step_seconds == r.tier_seconds && tier.step_seconds < kOneHour) {
      EXPECT_LE(length, tier.keep_seconds);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Periods, PeriodTest,
                         ::testing::Values(PeriodCase{"Hour", 1, 5},
                                           PeriodCase{"Day", 24, 60},
                                           PeriodCase{"Week", 168, 900},
                                           PeriodCase{"Month", 720, 3600},
                                           PeriodCase{"LongMonth", 744, 3600},
                                           PeriodCase{"Year", 8760, 3600},
                                           PeriodCase{"TenYears", 87600, 3600}),
                         [](const auto& named) {
                           return std::string(named.param.name);
                         });

TEST(RateBucketsTest, AnOldHourIsReadFromACoarserTier) {
  const int64_t week_ago = kNow - 168 * kOneHour;
  EXPECT_EQ(Resolve(week_ago, week_ago + kOneHour, kNow, {}).tier_seconds, 900);
  const int64_t year_ago = kNow - 8760 * kOneHour;
  EXPECT_EQ(Resolve(year_ago, year_ago + kOneHour, kNow, {}).tier_seconds,
            3600);
}

TEST(RateBucketsTest, AStepIsReadFromTheCoarsestTierThatDividesIt) {
  const auto resolve = [](int64_t hours, int64_t step) {
    return Resolve(kNow - hours * kOneHour, kNow, kNow, step);
  };
  EXPECT_EQ(resolve(24, 3600).tier_seconds, 3600);
  EXPECT_EQ(resolve(24, 1800).tier_seconds, 900);
  EXPECT_EQ(resolve(24, 300).tier_seconds, 60);
  EXPECT_EQ(resolve(1, 10).tier_seconds, 5);
  EXPECT_EQ(resolve(24, 300).step_seconds, 300);
  // Finer than the point limit or the stored tiers allow.
  EXPECT_GE(resolve(24, 1).step_seconds, 58);
  EXPECT_EQ(resolve(720, 60).step_seconds % resolve(720, 60).tier_seconds, 0);
  EXPECT_EQ(resolve(24 * 100, 60).tier_seconds, 3600);
}

TEST(RateBucketsTest, SummaryHasThePeakWithItsTimeAndTheMean) {
  Bucket high = Sample(kNow + 60, 30, 5, 100);
  high.receive.max = 90;
  const Summary summary =
      Summarize({Sample(kNow, 10, 8, 50), high, Sample(kNow + 120, 20, 8, 1)});
  EXPECT_DOUBLE_EQ(summary.receive_peak->bytes_per_second, 90);
  EXPECT_EQ(summary.receive_peak->time_s, kNow + 60);
  EXPECT_EQ(summary.transmit_peak->time_s, kNow);
  EXPECT_DOUBLE_EQ(summary.receive_mean, 20);
  EXPECT_DOUBLE_EQ(summary.transmit_mean, 7);
  EXPECT_EQ(summary.receive_bytes, 151U);
  EXPECT_FALSE(Summarize({}).receive_peak);
}

TEST(RateBucketsTest, ChangeIsInPercentOfTheEarlierValue) {
  EXPECT_DOUBLE_EQ(*ChangePercent(50, 75), 50);
  EXPECT_DOUBLE_EQ(*ChangePercent(50, 0), -100);
  EXPECT_FALSE(ChangePercent(0, 75));
}

}  // namespace
}  // namespace ntm::history
