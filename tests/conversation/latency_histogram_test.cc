#include "ntm/conversation/latency_histogram.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>
#include <vector>

namespace ntm {
namespace {

constexpr int64_t kMillisecond = 1'000'000;

TEST(LatencyHistogramTest, ABoundBelongsToTheBucketThatItEnds) {
  LatencyHistogram histogram;
  histogram.Observe(kMillisecond);
  histogram.Observe(kMillisecond + 1);
  histogram.Observe(11'000 * kMillisecond);
  EXPECT_EQ(histogram.classic()[3], 1U);  // ≤ 0.001
  EXPECT_EQ(histogram.classic()[4], 1U);  // ≤ 0.0025
  EXPECT_EQ(histogram.classic().back(), 1U);
  EXPECT_EQ(histogram.count(), 3U);
  EXPECT_DOUBLE_EQ(histogram.sum_seconds(), 11.002000001);
}

TEST(LatencyHistogramTest, ANegativeTimeCountsAsZero) {
  LatencyHistogram histogram;
  histogram.Observe(-5);
  EXPECT_EQ(histogram.classic().front(), 1U);
  EXPECT_EQ(histogram.sum_seconds(), 0);
}

TEST(LatencyHistogramTest, QuantilesAreWithinOneFineBucket) {
  std::mt19937 random(7);
  std::lognormal_distribution<double> seconds(std::log(0.04), 0.5);
  LatencyHistogram histogram;
  std::vector<double> times;
  for (int i = 0; i < 20000; ++i) {
    times.push_back(seconds(random));
    histogram.Observe(static_cast<int64_t>(times.back() * 1e9));
  }
  std::sort(times.begin(), times.end());
  for (const double q : {0.05, 0.5, 0.95, 0.99}) {
    const double exact =
        times[static_cast<size_t>(q * static_cast<double>(times.size()))];
    EXPECT_NEAR(histogram.Quantile(q) / exact, 1, 0.0443) << q;
  }
}

TEST(LatencyHistogramTest, SinceHasWhatCameLater) {
  LatencyHistogram histogram;
  histogram.Observe(kMillisecond);
  const LatencyHistogram before = histogram;
  histogram.Observe(40 * kMillisecond);
  const LatencyHistogram since = histogram.Since(before);
  EXPECT_EQ(since.count(), 1U);
  EXPECT_NEAR(since.Quantile(0.5), 0.04, 0.0018);
  LatencyHistogram sum = before;
  sum += since;
  EXPECT_EQ(sum.classic(), histogram.classic());
  EXPECT_EQ(sum.fine(), histogram.fine());
}

TEST(LatencyHistogramTest, TheLongestWaitHasABucketWithABound) {
  LatencyHistogram histogram;
  histogram.Observe(32'000 * kMillisecond);
  EXPECT_EQ(histogram.fine()[LatencyHistogram::kFineCount - 2], 1U);
  EXPECT_EQ(LatencyHistogram::FineBound(LatencyHistogram::kFineCount - 2), 32);
  histogram.Observe(32'001 * kMillisecond);
  histogram.Observe(9'000'000 * kMillisecond);
  EXPECT_EQ(histogram.fine().back(), 2U);
  EXPECT_EQ(histogram.Quantile(0.9), 32) << "no one knows how much more";
}

TEST(LatencyHistogramTest, FineBucketsEndAtPowersOfTwo) {
  LatencyHistogram histogram;
  histogram.Observe(61'035);  // 2^-14 s are 61,035.16 ns
  histogram.Observe(61'036);
  histogram.Observe(0);
  EXPECT_EQ(histogram.fine()[0], 2U);
  EXPECT_EQ(histogram.fine()[1], 1U);
  EXPECT_EQ(std::accumulate(histogram.fine().begin(), histogram.fine().end(),
                            uint64_t{0}),
            histogram.count());
}

TEST(LatencyHistogramTest, WithoutTimesTheQuantileIsZero) {
  EXPECT_EQ(LatencyHistogram().Quantile(0.5), 0);
}

}  // namespace
}  // namespace ntm
