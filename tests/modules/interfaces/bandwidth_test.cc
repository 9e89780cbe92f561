#include "modules/interfaces/bandwidth.h"

#include <gtest/gtest.h>

#include <stdexcept>

namespace ntm::interfaces {
namespace {

TEST(BandwidthTest, ParsesBitUnitsAsPowersOf1000) {
  EXPECT_EQ(ParseBandwidth("1000000"), 1'000'000U);
  EXPECT_EQ(ParseBandwidth("64k"), 64'000U);
  EXPECT_EQ(ParseBandwidth("100M"), 100'000'000U);
  EXPECT_EQ(ParseBandwidth("100mbit"), 100'000'000U);
  EXPECT_EQ(ParseBandwidth("2.5 Gbit/s"), 2'500'000'000U);
  EXPECT_EQ(ParseBandwidth("1Tbps"), 1'000'000'000'000U);
  EXPECT_EQ(ParseBandwidth("8bit"), 8U);
}

TEST(BandwidthTest, RefusesInvalidBandwidths) {
  for (const char* text :
       {"", "fast", "M", "0", "-1M", "0.5", "1X", "1Mbit/h", "1e9", "1M 2",
        "nan", "inf", "99999T", "1MB", "125MB/s"}) {
    EXPECT_THROW(ParseBandwidth(text), std::invalid_argument) << text;
  }
}

TEST(BandwidthTest, RefusesBytesAndSaysWhy) {
  try {
    ParseBandwidth("125MB/s");
    FAIL() << "was taken";
  } catch (const std::invalid_argument& error) {
    EXPECT_STREQ(error.what(),
                 "'125MB/s' is in bytes; expected bits per second, as in "
                 "100M or 1G");
  }
}

}  // namespace
}  // namespace ntm::interfaces
