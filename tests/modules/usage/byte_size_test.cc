#include "modules/usage/byte_size.h"

#include <gtest/gtest.h>

#include <stdexcept>

namespace ntm::usage {
namespace {

TEST(ByteSizeTest, ReadsUnitsOf1000AndOf1024) {
  EXPECT_EQ(ParseByteSize("0"), 0U);
  EXPECT_EQ(ParseByteSize("1000000"), 1'000'000U);
  EXPECT_EQ(ParseByteSize("500GB"), 500'000'000'000U);
  EXPECT_EQ(ParseByteSize("500g"), 500'000'000'000U);
  EXPECT_EQ(ParseByteSize("1.5 TB"), 1'500'000'000'000U);
  EXPECT_EQ(ParseByteSize("2TiB"), uint64_t{2} << 40);
  EXPECT_EQ(ParseByteSize("12 kB"), 12'000U);
}

TEST(ByteSizeTest, RefusesInvalidSizes) {
  for (const char* text : {"", "GB", "-1", "5 XB", "1e3", "5 GBit", "nan",
                           "inf", "20000PB", "0.1", "5 GB more"}) {
    EXPECT_THROW(ParseByteSize(text), std::invalid_argument) << text;
  }
}

}  // namespace
}  // namespace ntm::usage
