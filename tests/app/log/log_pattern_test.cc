#include "app/log/log_pattern.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <ctime>
#include <stdexcept>

#include "app/log/log.h"

namespace ntm {
namespace {

using std::chrono::system_clock;

// 2026-01-31T12:00:00.007Z
const system_clock::time_point kTime{std::chrono::milliseconds(1769860800007)};

std::string Line(const std::string& pattern) {
  return LogPattern(pattern).Line(kTime, "warning", "it rains");
}

TEST(LogPatternTest, FormatsALineAsPythonsLoggingDoes) {
  setenv("TZ", "CET-1", 1);
  tzset();
  EXPECT_EQ(Line("%(asctime)s - %(name)s - %(levelname)s - %(message)s"),
            "2026-01-31 13:00:00,007 - ntm - WARNING - it rains");
  setenv("TZ", "UTC0", 1);
  tzset();
  EXPECT_EQ(Line("[%(process)d] %(message)s!"),
            "[" + std::to_string(getpid()) + "] it rains!");
}

TEST(LogPatternTest, SupportsWidthsAndPercentSigns) {
  EXPECT_EQ(Line("%(levelname)-9s|%(levelname)9s|%(levelname)3s|%(message)s%%"),
            "WARNING  |  WARNING|WARNING|it rains%");
}

TEST(LogPatternTest, RefusesUnknownFields) {
  for (const char* text :
       {"%(asctime)s", "%(message)", "%(message", "%(message)d",
        "%(filename)s %(message)s", "100% %(message)s", "%(message)999s",
        "%(message)s %"}) {
    EXPECT_THROW(LogPattern{text}, std::invalid_argument) << text;
  }
}

TEST(LogPatternTest, AMessageIsOneLine) {
  const LogPattern pattern("%(levelname)s %(message)s");
  EXPECT_EQ(FormatLogLine(LogFormat::kText, kTime, "info", "a\nb", &pattern),
            R"(INFO a\nb)");
}

}  // namespace
}  // namespace ntm
