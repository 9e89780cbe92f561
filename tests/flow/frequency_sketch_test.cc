#include "ntm/flow/frequency_sketch.h"

#include <gtest/gtest.h>

#include <random>

namespace ntm {
namespace {

TEST(FrequencySketchTest, CountsAKeyAloneExactlyAndSaturates) {
  FrequencySketch sketch;
  for (uint32_t i = 1; i <= 300; ++i) {
    EXPECT_EQ(sketch.Add(0x123456789abcdef0), std::min(i, 255U));
  }
}

TEST(FrequencySketchTest, OverestimatesOnlyIfAllFourCountersAreShared) {
  FrequencySketch sketch;
  const uint64_t key = 0;
  for (int i = 0; i < 100; ++i) sketch.Add(0xffffffffffffc000);  // row 0 shared
  EXPECT_EQ(sketch.Add(key), 1U);
}

// Makes a key from its columns in the four rows.
uint64_t At(uint64_t a, uint64_t b, uint64_t c, uint64_t d) {
  return a | b << 14 | c << 28 | d << 42;
}

TEST(FrequencySketchTest, RaisesNoCounterThatIsHighEnough) {
  FrequencySketch sketch;
  for (int i = 0; i < 100; ++i) sketch.Add(At(5, 1, 1, 1));
  for (int i = 0; i < 50; ++i) sketch.Add(At(5, 2, 2, 2));
  for (int i = 0; i < 200; ++i) sketch.Add(At(6, 3, 3, 3));
  EXPECT_EQ(sketch.Add(At(5, 3, 3, 3)), 101U);
}

TEST(FrequencySketchTest, NeverUnderestimatesBeforeItHalves) {
  FrequencySketch sketch;
  std::mt19937_64 random(1);
  uint32_t added = 0;
  for (uint32_t i = 1; i <= 50; ++i) {
    for (int other = 0; other < 500; ++other, ++added) sketch.Add(random());
    EXPECT_GE(sketch.Add(42), i);
    ++added;
  }
  ASSERT_LT(added, FrequencySketch::kHalveAfter);
}

TEST(FrequencySketchTest, HalvesItsCounters) {
  FrequencySketch sketch;
  for (int i = 0; i < 100; ++i) sketch.Add(0);
  for (uint32_t i = 100; i < FrequencySketch::kHalveAfter; ++i) {
    sketch.Add(~uint64_t{0});
  }
  EXPECT_EQ(sketch.Add(0), 51U);
}

}  // namespace
}  // namespace ntm
