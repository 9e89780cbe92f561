#include "modules/health/time_counts.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace ntm::health {
namespace {

constexpr int64_t kNsPerMs = 1'000'000;

// Answers of 1 ms, 2 ms … , spread over many buckets.
LatencyHistogram Ramp(int64_t from_ms, int64_t to_ms) {
  LatencyHistogram histogram;
  for (int64_t ms = from_ms; ms <= to_ms; ++ms) {
    histogram.Observe(ms * kNsPerMs);
  }
  return histogram;
}

TEST(TimeCountsTest, QuantilesAreThoseOfTheHistogram) {
  const LatencyHistogram histogram = Ramp(1, 400);
  const TimeCounts counts({}, histogram);
  EXPECT_EQ(counts.count(), 400U);
  for (const double q : {0.01, 0.25, 0.5, 0.95, 0.999}) {
    EXPECT_DOUBLE_EQ(*counts.Quantile(q), histogram.Quantile(q)) << q;
  }
  EXPECT_FALSE(TimeCounts().Quantile(kMedian));
}

TEST(TimeCountsTest, TheMedianOfASumIsThatOfAllAnswers) {
  TimeCounts sum({}, Ramp(1, 100));
  const LatencyHistogram before = Ramp(1, 100);
  sum += TimeCounts(before, Ramp(1, 400));
  sum += TimeCounts(before, before);
  sum += TimeCounts({}, Ramp(1000, 1000));
  LatencyHistogram all = Ramp(1, 400);
  all += Ramp(1000, 1000);
  EXPECT_EQ(sum.count(), 401U);
  EXPECT_DOUBLE_EQ(*sum.Quantile(kMedian), all.Quantile(kMedian));
  EXPECT_DOUBLE_EQ(*sum.Quantile(kP95), all.Quantile(kP95));
}

TEST(TimeCountsTest, PackedItIsTwoBytesPerBucketAndComesBack) {
  EXPECT_EQ(TimeCounts().Packed(), "");
  LatencyHistogram histogram;
  histogram.Observe(0);          // the first bucket
  histogram.Observe(INT64_MAX);  // the last one
  for (int i = 0; i < 300; ++i) histogram.Observe(kNsPerMs);
  const TimeCounts counts({}, histogram);
  const std::string packed = counts.Packed();
  // 300 and the last distance take two bytes each.
  EXPECT_EQ(packed.size(), 8U);
  const auto found = TimeCounts::Unpacked(packed);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->Packed(), packed);
  EXPECT_EQ(found->count(), 302U);
  EXPECT_DOUBLE_EQ(*found->Quantile(kMedian), histogram.Quantile(kMedian));
}

TEST(TimeCountsTest, WhatIsNotPackedIsRefused) {
  using namespace std::string_view_literals;
  for (const auto bytes :
       {"\x01"sv, "\x01\x80"sv, "\x01\x00"sv, "\x01\x01\x00\x01"sv,
        "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01\x01"sv,
        "\x10\x01\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01\x01"sv}) {
    EXPECT_FALSE(TimeCounts::Unpacked(bytes)) << testing::PrintToString(bytes);
  }
  static_assert(LatencyHistogram::kFineCount == 306);
  EXPECT_TRUE(TimeCounts::Unpacked("\xb1\x02\x01"sv));  // the last bucket
  EXPECT_FALSE(TimeCounts::Unpacked("\xb2\x02\x01"sv));
}

}  // namespace
}  // namespace ntm::health
