#include "modules/history/roll_up.h"

#include <gtest/gtest.h>

namespace ntm::history {
namespace {

constexpr int64_t kWholeHour = 1'769'846'400;  // a whole hour

Bucket SampleAt(int64_t time_s, double rate) {
  Bucket bucket = BucketAt(time_s);
  bucket.samples = 1;
  bucket.receive = {rate, rate, rate};
  bucket.receive_bytes = 1;
  return bucket;
}

Buckets OfStep(const std::vector<Point>& points, int64_t step_seconds) {
  Buckets buckets;
  for (const Point& point : points) {
    if (point.step_seconds == step_seconds) buckets.push_back(point.bucket);
  }
  return buckets;
}

TEST(RollUpTest, EverySecondEndsUpInEveryTierOnce) {
  RollUp roll_up;
  std::vector<Point> points;
  constexpr int64_t kSeconds = 2 * 3600;
  for (int64_t i = 0; i < kSeconds; ++i) {
    roll_up.Add(SampleAt(kWholeHour + i, static_cast<double>(i)), &points);
  }
  const auto open = roll_up.Open();
  points.insert(points.end(), open.begin(), open.end());
  for (const Tier& tier : kTiers) {
    const Buckets buckets = OfStep(points, tier.step_seconds);
    ASSERT_EQ(buckets.size(),
              static_cast<size_t>(kSeconds / tier.step_seconds));
    uint64_t bytes = 0;
    for (size_t i = 0; i < buckets.size(); ++i) {
      const int64_t from = static_cast<int64_t>(i) * tier.step_seconds;
      const int64_t last = from + tier.step_seconds - 1;
      EXPECT_EQ(buckets[i].begin_s, kWholeHour + from);
      EXPECT_EQ(buckets[i].samples, tier.step_seconds);
      EXPECT_DOUBLE_EQ(buckets[i].receive.min, static_cast<double>(from));
      EXPECT_DOUBLE_EQ(buckets[i].receive.max, static_cast<double>(last));
      EXPECT_NEAR(buckets[i].receive.mean, static_cast<double>(from + last) / 2,
                  1e-6);
      bytes += buckets[i].receive_bytes;
    }
    EXPECT_EQ(bytes, static_cast<uint64_t>(kSeconds));
  }
}

TEST(RollUpTest, ARestartDoesNotChangeTheBuckets) {
  RollUp whole;
  RollUp before;
  RollUp after;
  std::vector<Point> whole_points;
  std::vector<Point> before_points;
  std::vector<Point> after_points;
  for (int64_t i = 0; i < 3700; ++i) {
    const Bucket sample = SampleAt(kWholeHour + i, static_cast<double>(i % 97));
    whole.Add(sample, &whole_points);
    if (i < 1000) before.Add(sample, &before_points);
    if (i == 1000) {
      Buckets minutes = OfStep(before_points, kMinuteSeconds);
      minutes.push_back(before.Open()[1].bucket);  // written at a regular end
      for (const Bucket& minute : minutes) after.Resume(minute, &after_points);
    }
    if (i >= 1000) after.Add(sample, &after_points);
  }
  const Bucket expected = OfStep(whole_points, 3600).at(0);
  const Bucket found = OfStep(after_points, 3600).at(0);
  EXPECT_EQ(found.samples, expected.samples);
  EXPECT_EQ(found.receive_bytes, expected.receive_bytes);
  EXPECT_NEAR(found.receive.mean, expected.receive.mean, 1e-9);
  EXPECT_EQ(OfStep(after_points, 900).size(), 4U);
  // The complete minute of the restart.
  EXPECT_EQ(OfStep(after_points, kMinuteSeconds).at(0).samples, 60);
}

TEST(RollUpTest, AClockSetBackALittleCountsIntoTheOpenBuckets) {
  RollUp roll_up;
  std::vector<Point> points;
  roll_up.Add(SampleAt(kWholeHour + 100, 1), &points);
  roll_up.Add(SampleAt(kWholeHour + 90, 3), &points);
  EXPECT_TRUE(points.empty());
  EXPECT_EQ(roll_up.Open()[0].bucket.samples, 2);
}

TEST(RollUpTest, AClockSetBackByADayOpensANewBucket) {
  RollUp roll_up;
  std::vector<Point> points;
  roll_up.Add(SampleAt(kWholeHour + 86400, 1), &points);
  roll_up.Add(SampleAt(kWholeHour, 3), &points);
  EXPECT_EQ(points.size(), kTiers.size());
  EXPECT_EQ(roll_up.Open()[0].bucket.begin_s, kWholeHour);
}

}  // namespace
}  // namespace ntm::history
