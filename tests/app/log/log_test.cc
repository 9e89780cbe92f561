#include "app/log/log.h"

#include <gtest/gtest.h>
#include <spdlog/spdlog.h>

#include <chrono>
#include <string>

namespace ntm {
namespace {

using std::chrono::system_clock;

// 2026-01-31T12:00:00.123Z
const system_clock::time_point kLogTime{
    std::chrono::milliseconds(1769860800123)};

struct LineCase {
  const char* name;
  std::string message;
  const char* text;
  const char* json;
};

class LogLineTest : public testing::TestWithParam<LineCase> {};

TEST_P(LogLineTest, IsOneLineOfText) {
  EXPECT_EQ(
      FormatLogLine(LogFormat::kText, kLogTime, "info", GetParam().message),
      "2026-01-31T12:00:00.123Z info " + std::string(GetParam().text));
}

TEST_P(LogLineTest, IsOneJsonObject) {
  EXPECT_EQ(
      FormatLogLine(LogFormat::kJson, kLogTime, "info", GetParam().message),
      R"({"time":"2026-01-31T12:00:00.123Z","level":"info","message":")" +
          std::string(GetParam().json) + "\"}");
}

INSTANTIATE_TEST_SUITE_P(
    Table, LogLineTest,
    testing::Values(
        LineCase{"Plain", "message", "message", "message"},
        LineCase{"Empty", "", "", ""},
        LineCase{"Quotes", R"(a "b" \c)", R"(a "b" \c)", R"(a \"b\" \\c)"},
        LineCase{"LineEnds", "a\nb\r\tc", R"(a\nb\r\tc)", R"(a\nb\r\tc)"},
        LineCase{"Controls", "\x1b[31m\x7f", R"(\x1b[31m\x7f)",
                 R"(\u001b[31m\u007f)"},
        LineCase{"ZeroByte", std::string("a\0b", 3), R"(a\x00b)",
                 R"(a\u0000b)"},
        LineCase{"Utf8", "é€😀", "é€😀", "é€😀"},
        LineCase{"CutUtf8", "a\xe2\x82", "a\xef\xbf\xbd\xef\xbf\xbd",
                 "a\xef\xbf\xbd\xef\xbf\xbd"},
        LineCase{"Surrogate", "\xed\xa0\x80",
                 "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd",
                 "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
        LineCase{"Overlong", "\xc0\xaf", "\xef\xbf\xbd\xef\xbf\xbd",
                 "\xef\xbf\xbd\xef\xbf\xbd"},
        LineCase{"Latin1", "caf\xe9 x", "caf\xef\xbf\xbd x",
                 "caf\xef\xbf\xbd x"}),
    [](const auto& instance) { return instance.param.name; });

TEST(LogTest, FormatsTimesBefore1970) {
  EXPECT_EQ(
      FormatLogLine(LogFormat::kText,
                    system_clock::time_point(std::chrono::milliseconds(7)),
                    "error", "x"),
      "1970-01-01T00:00:00.007Z error x");
  EXPECT_EQ(
      FormatLogLine(LogFormat::kText,
                    system_clock::time_point(std::chrono::milliseconds(-1)),
                    "error", "x"),
      "1969-12-31T23:59:59.999Z error x");
}

TEST(LogTest, WritesMessagesOfItsLevelToStandardError) {
  const auto before = spdlog::default_logger();
  testing::internal::CaptureStdout();
  testing::internal::CaptureStderr();
  SetUpLog(LogLevel::kWarning, LogFormat::kJson);
  spdlog::info("not this");
  spdlog::warn("but \"{}\"", "this");
  const std::string errors = testing::internal::GetCapturedStderr();
  EXPECT_EQ(testing::internal::GetCapturedStdout(), "");
  spdlog::set_default_logger(before);
  EXPECT_EQ(errors.find("not this"), std::string::npos);
  EXPECT_NE(errors.find(R"("level":"warning","message":"but \"this\""})"
                        "\n"),
            std::string::npos)
      << errors;
}

TEST(LogTest, NamesLevelsAsItsOptionDoes) {
  const auto before = spdlog::default_logger();
  testing::internal::CaptureStderr();
  SetUpLog(LogLevel::kTrace, LogFormat::kText);
  spdlog::trace("1");
  spdlog::debug("2");
  spdlog::warn("3");
  spdlog::error("4");
  const std::string errors = testing::internal::GetCapturedStderr();
  spdlog::set_default_logger(before);
  for (const char* part :
       {"Z trace 1\n", "Z debug 2\n", "Z warning 3\n", "Z error 4\n"}) {
    EXPECT_NE(errors.find(part), std::string::npos) << errors;
  }
}

}  // namespace
}  // namespace ntm
