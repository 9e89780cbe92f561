#include "ntm/flow/frequency_sketch.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <utility>
#include <vector>

namespace ntm {
namespace {

constexpr size_t kColumns = size_t{1} << 14;  // of the smallest sketch

// A key that has the columns first, first + step, first + 2 * step … in the
// rows.
uint64_t At(uint32_t first, uint32_t step) {
  return uint64_t{step} << 32 | first;
}

TEST(FrequencySketchTest, CountsAKeyAloneExactlyAndSaturates) {
  FrequencySketch sketch(0);
  for (uint32_t i = 1; i <= 300; ++i) {
    EXPECT_EQ(sketch.Add(0x123456789abcdef0), std::min(i, 255U));
  }
}

TEST(FrequencySketchTest, OverestimatesOnlyIfAllFourCountersAreShared) {
  FrequencySketch sketch(0);
  for (int i = 0; i < 100; ++i) {
    sketch.Add(At(5, 1));             // shares row 0 of
    sketch.Add(At(5 + kColumns, 2));  // this one, and all rows of
  }
  EXPECT_EQ(sketch.Add(At(5, 3)), 1U);
  EXPECT_EQ(sketch.Add(At(5, 2)), 101U);  // this one
}

TEST(FrequencySketchTest, RaisesNoCounterThatIsHighEnough) {
  FrequencySketch sketch(0);
  for (int i = 0; i < 100; ++i) sketch.Add(At(5, 1));
  for (int i = 0; i < 50; ++i) sketch.Add(At(5, 2));
  for (int i = 0; i < 200; ++i) {
    sketch.Add(At(6, 2));  // 6, 8, 10, 12
    sketch.Add(At(7, 2));  // 7, 9, 11, 13
    sketch.Add(At(8, 2));  // 8, 10, 12, 14
  }
  EXPECT_EQ(sketch.Add(At(5, 3)), 101U);  // 5, 8, 11, 14
}

TEST(FrequencySketchTest, NeverUnderestimatesBeforeItHalves) {
  FrequencySketch sketch(0);
  std::mt19937_64 random(1);
  uint32_t added = 0;
  for (uint32_t i = 1; i <= 50; ++i) {
    for (int other = 0; other < 500; ++other, ++added) sketch.Add(random());
    EXPECT_GE(sketch.Add(42), i);
    ++added;
  }
  ASSERT_LT(added, sketch.halve_after());
}

TEST(FrequencySketchTest, HalvesItsCounters) {
  FrequencySketch sketch(0);
  for (int i = 0; i < 100; ++i) sketch.Add(0);
  for (size_t i = 100; i < sketch.halve_after(); ++i) {
    sketch.Add(~uint64_t{0});
  }
  EXPECT_EQ(sketch.Add(0), 51U);
}

TEST(FrequencySketchTest, GrowsWithTheTable) {
  EXPECT_EQ(FrequencySketch(16).halve_after(), 4 * kColumns);
  EXPECT_EQ(FrequencySketch(10'000).halve_after(), 4 * kColumns);
  EXPECT_EQ(FrequencySketch(kColumns).halve_after(), 4 * kColumns);
  EXPECT_EQ(FrequencySketch(kColumns + 1).halve_after(), 8 * kColumns);
  EXPECT_EQ(FrequencySketch(140'000).halve_after(), 4 * (1U << 18));
}

// At every size: keys that come once are never taken for frequent ones, and
// keys of which there are three quarters as many as places are all seen.
TEST(FrequencySketchTest, TellsFrequentKeysFromOneTimeKeysAtEverySize) {
  constexpr uint32_t kFrequent = 8;
  for (const size_t places : {10'000U, 16'384U, 140'000U, 262'144U}) {
    FrequencySketch once(places);
    std::mt19937_64 random(places);
    for (size_t i = 0; i < 4 * once.halve_after(); ++i) {
      ASSERT_LT(once.Add(random()), kFrequent) << places;
    }
    FrequencySketch busy(places);
    std::vector<uint64_t> waiting(places * 3 / 4);
    for (uint64_t& key : waiting) key = random();
    int rounds = 0;
    for (; rounds < 17 && !waiting.empty(); ++rounds) {
      std::vector<uint64_t> left;
      for (const uint64_t key : waiting) {
        if (busy.Add(key) < kFrequent) left.push_back(key);
      }
      waiting = std::move(left);
    }
    EXPECT_TRUE(waiting.empty()) << places;
  }
}

}  // namespace
}  // namespace ntm
