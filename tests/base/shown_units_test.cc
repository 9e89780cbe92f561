#include "ntm/base/shown_units.h"

#include <gtest/gtest.h>

#include <stdexcept>

namespace ntm {
namespace {

TEST(ShownUnitsTest, RatesAreDecimal) {
  EXPECT_EQ(RateText(0), "0 KB/s");
  EXPECT_EQ(RateText(1500), "1.5 KB/s");
  EXPECT_EQ(RateText(1'000'000), "1.0 MB/s");
  EXPECT_EQ(RateText(125e6), "125.0 MB/s");
  EXPECT_EQ(RateText(12.5e12), "12500.0 GB/s");
}

TEST(ShownUnitsTest, BelowAThousandTheNumberItselfIsShown) {
  EXPECT_EQ(RateText(312), "312 B/s");
  EXPECT_EQ(RateText(999.4), "999 B/s");
  EXPECT_EQ(RateText(999.6), "1.0 KB/s");
  EXPECT_EQ(RateText(9.4), "9.4 B/s");
  EXPECT_EQ(RateText(0.4), "0.4 B/s");
  EXPECT_EQ(RateText(1e-9), "<0.1 B/s");
  EXPECT_EQ(RateText(100, ShownUnits::kBits), "800 bit/s");
  EXPECT_EQ(RateText(1e-3, ShownUnits::kBits), "<0.1 bit/s");
}

TEST(ShownUnitsTest, AmountsAreAlwaysInBytes) {
  EXPECT_EQ(AmountText(0), "0 KB");
  EXPECT_EQ(AmountText(60), "60 B");
  EXPECT_EQ(AmountText(1'500'000), "1.5 MB");
  EXPECT_EQ(AmountText(2.5e12), "2.5 TB");
}

TEST(ShownUnitsTest, BitsAreEightTimesAsMany) {
  SetShownUnits(ParseShownUnits("bits"));
  EXPECT_EQ(RateText(0), "0 kbit/s");
  EXPECT_EQ(RateText(1000), "8.0 kbit/s");
  EXPECT_EQ(RateText(125'000), "1.0 Mbit/s");
  EXPECT_EQ(RateText(125e6), "1.0 Gbit/s");
  SetShownUnits(ParseShownUnits("bytes"));
  EXPECT_EQ(RateText(125'000), "125.0 KB/s");
  EXPECT_THROW(ParseShownUnits("Bits"), std::invalid_argument);
}

}  // namespace
}  // namespace ntm
