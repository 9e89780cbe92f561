#include "ntm/base/whole_number.h"

#include <gtest/gtest.h>

namespace ntm {
namespace {

TEST(WholeNumberTest, AcceptsOnlyDigits) {
  EXPECT_EQ(ParseWholeNumber("42", 0, 100), 42);
  EXPECT_EQ(ParseWholeNumber("-42", -100, 100), -42);
  EXPECT_EQ(ParseWholeNumber("-0", -100, 100), 0);
  EXPECT_EQ(ParseWholeNumber("-0", 0, 100), std::nullopt);
  EXPECT_EQ(ParseWholeNumber("007", 0, 100), 7);
  for (const char* text :
       {"", "-", "+1", " 1", "1 ", "1.0", "1e2", "0x10", "one", "1,000"}) {
    EXPECT_EQ(ParseWholeNumber(text, INT64_MIN, INT64_MAX), std::nullopt)
        << text;
  }
}

TEST(WholeNumberTest, RefusesNumbersOutOfRange) {
  EXPECT_EQ(ParseWholeNumber("1", 1, 3), 1);
  EXPECT_EQ(ParseWholeNumber("3", 1, 3), 3);
  EXPECT_EQ(ParseWholeNumber("0", 1, 3), std::nullopt);
  EXPECT_EQ(ParseWholeNumber("4", 1, 3), std::nullopt);
  EXPECT_EQ(ParseWholeNumber("9223372036854775807", 0, INT64_MAX), INT64_MAX);
  EXPECT_EQ(ParseWholeNumber("9223372036854775808", 0, INT64_MAX),
            std::nullopt);
}

}  // namespace
}  // namespace ntm
