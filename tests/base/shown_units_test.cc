#include "ntm/base/shown_units.h"

#include <gtest/gtest.h>

#include <stdexcept>

namespace ntm {
namespace {

TEST(ShownUnitsTest, RatesAreDecimal) {
  EXPECT_EQ(RateText(0), "0.0 KB/s");
  EXPECT_EQ(RateText(512), "0.5 KB/s");
  EXPECT_EQ(RateText(1'000'000), "1.0 MB/s");
  EXPECT_EQ(RateText(125e6), "125.0 MB/s");
  EXPECT_EQ(RateText(12.5e12), "12500.0 GB/s");
}

TEST(ShownUnitsTest, BitsAreEightTimesAsMany) {
  SetShownUnits(ParseShownUnits("bits"));
  EXPECT_EQ(RateText(100), "0.8 kbit/s");
  EXPECT_EQ(RateText(125'000), "1.0 Mbit/s");
  EXPECT_EQ(RateText(125e6), "1.0 Gbit/s");
  SetShownUnits(ParseShownUnits("bytes"));
  EXPECT_EQ(RateText(125'000), "125.0 KB/s");
  EXPECT_THROW(ParseShownUnits("Bits"), std::invalid_argument);
}

}  // namespace
}  // namespace ntm
