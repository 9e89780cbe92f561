// Time stamps of every unit that if_tsresol can name.
#include "savefile/time_resolution.h"

#include <gtest/gtest.h>

namespace ntm {
namespace {

TimeResolution Unit(int exponent) {
  TimeResolution resolution;
  resolution.SetUnit(static_cast<uint8_t>(exponent));
  return resolution;
}

constexpr int kBinary = 0x80;

TEST(TimeResolutionTest, IsMicrosecondsAtFirst) {
  EXPECT_EQ(TimeResolution().TimeNs(1'700'000'000'123'456),
            1'700'000'000'123'456'000);
}

TEST(TimeResolutionTest, KnowsPowersOfTen) {
  EXPECT_EQ(Unit(0).TimeNs(5), 5'000'000'000);
  EXPECT_EQ(Unit(3).TimeNs(1'234), 1'234'000'000);
  EXPECT_EQ(Unit(9).TimeNs(1'700'000'000'000'000'001),
            1'700'000'000'000'000'001);
  EXPECT_EQ(Unit(12).TimeNs(1'234'567'890'123), 1'234'567'890);
  EXPECT_EQ(Unit(19).TimeNs(12'345'678'901'234'567'890U), 1'234'567'890);
  EXPECT_EQ(Unit(21).TimeNs(12'345'678'901'234'567'890U), 12'345'678);
  EXPECT_EQ(Unit(127).TimeNs(UINT64_MAX), 0);
}

TEST(TimeResolutionTest, KnowsPowersOfTwo) {
  EXPECT_EQ(Unit(kBinary | 0).TimeNs(7), 7'000'000'000);
  EXPECT_EQ(Unit(kBinary | 10).TimeNs(1024 * 3 + 512), 3'500'000'000);
  EXPECT_EQ(Unit(kBinary | 32).TimeNs((uint64_t{9} << 32) + (1U << 31)),
            9'500'000'000);
  EXPECT_EQ(Unit(kBinary | 60).TimeNs(uint64_t{3} << 59), 1'500'000'000);
  EXPECT_EQ(Unit(kBinary | 65).TimeNs(uint64_t{1} << 63), 250'000'000);
  EXPECT_EQ(Unit(kBinary | 127).TimeNs(UINT64_MAX), 0);
}

TEST(TimeResolutionTest, AddsTheOffset) {
  TimeResolution resolution;
  resolution.SetOffset(-10);
  EXPECT_EQ(resolution.TimeNs(15'000'001), 5'000'001'000);
}

TEST(TimeResolutionTest, LimitsTimesThatCannotBe) {
  constexpr int64_t kLatestNs = 4'600'000'000'000'000'000;
  EXPECT_EQ(Unit(0).TimeNs(UINT64_MAX), kLatestNs);
  EXPECT_EQ(Unit(6).TimeNs(UINT64_MAX) / 1'000'000'000,
            kLatestNs / 1'000'000'000);
  TimeResolution resolution;
  resolution.SetOffset(INT64_MIN);
  EXPECT_EQ(resolution.TimeNs(0), -kLatestNs);
  resolution.SetOffset(INT64_MAX);
  EXPECT_EQ(resolution.TimeNs(0), kLatestNs);
}

}  // namespace
}  // namespace ntm
