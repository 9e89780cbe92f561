#include "app/options/option_values.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <stdexcept>
#include <string>

namespace ntm {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

milliseconds Parse(const std::string& text) {
  return ParseDuration(text, milliseconds(100), hours(48));
}

std::string Refusal(const std::string& text) {
  try {
    Parse(text);
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "";
}

TEST(ParseDurationTest, AcceptsEveryUnit) {
  EXPECT_EQ(Parse("500ms"), milliseconds(500));
  EXPECT_EQ(Parse("15s"), milliseconds(15'000));
  EXPECT_EQ(Parse("1m"), milliseconds(60'000));
  EXPECT_EQ(Parse("2h"), milliseconds(7'200'000));
  EXPECT_EQ(Parse("1d"), milliseconds(86'400'000));
}

TEST(ParseDurationTest, AcceptsBothBounds) {
  EXPECT_EQ(Parse("100ms"), milliseconds(100));
  EXPECT_EQ(Parse("2d"), hours(48));
}

TEST(ParseDurationTest, RefusesTextThatIsNotADuration) {
  for (const char* text : {"", "s", "15", "15 s", " 15s", "15s ", "1.5s", "-1s",
                           "+1s", "15S", "15sec", "1m30s", "0x1s"}) {
    EXPECT_THAT(Refusal(text), testing::HasSubstr("is not a duration: "))
        << text;
  }
}

TEST(ParseDurationTest, NamesTheBoundsInTheirLargestUnit) {
  const std::string expected = "is not a duration from 100ms to 2d";
  for (const char* text : {"0s", "99ms", "49h", "172800001ms",
                           "18446744073709551615d", "213503982335d"}) {
    EXPECT_THAT(Refusal(text), testing::HasSubstr(expected)) << text;
  }
}

}  // namespace
}  // namespace ntm
