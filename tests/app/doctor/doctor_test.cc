#include "app/doctor/doctor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "app/doctor/doctor_report.h"
#include "ntm/base/error.h"

namespace ntm {
namespace {

using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

DoctorWords Parse(std::vector<const char*> words) {
  words.insert(words.begin(), "ntm");
  return ParseDoctorWords(static_cast<int>(words.size()), words.data());
}

std::vector<std::string> RestOf(const DoctorWords& words) {
  return {words.rest.begin() + 1, words.rest.end()};
}

TEST(DoctorWordsTest, PassOnNtmsOwnOptions) {
  const DoctorWords words =
      Parse({"-i", "eth0", "--json", "tcp", "--seconds", "7", "port", "22"});
  EXPECT_TRUE(words.json);
  EXPECT_EQ(words.duration.count(), 7);
  EXPECT_STREQ(words.rest.front(), "ntm");
  EXPECT_THAT(RestOf(words), ElementsAre("-i", "eth0", "tcp", "port", "22"));
}

TEST(DoctorWordsTest, HaveDefaults) {
  const DoctorWords words = Parse({});
  EXPECT_FALSE(words.json);
  EXPECT_EQ(words.duration.count(), 5);
  EXPECT_THAT(RestOf(words), ElementsAre());
}

TEST(DoctorWordsTest, TakeSecondsAfterAnEqualsSign) {
  EXPECT_EQ(Parse({"--seconds=3"}).duration.count(), 3);
}

TEST(DoctorWordsTest, EndAtTwoHyphens) {
  const DoctorWords words = Parse({"--", "--json", "--seconds"});
  EXPECT_FALSE(words.json);
  EXPECT_THAT(RestOf(words), ElementsAre("--", "--json", "--seconds"));
}

class DoctorSecondsTest
    : public testing::TestWithParam<std::vector<const char*>> {};

TEST_P(DoctorSecondsTest, AreRefusedByName) {
  try {
    Parse(GetParam());
    FAIL() << "not refused";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), StartsWith("--seconds: "));
    EXPECT_EQ(error.exit_code(), kExitUsage);
  }
}

INSTANTIATE_TEST_SUITE_P(Table, DoctorSecondsTest,
                         testing::Values(std::vector{"--seconds"},
                                         std::vector{"--seconds", "0"},
                                         std::vector{"--seconds", "x"},
                                         std::vector{"--seconds="},
                                         std::vector{"--seconds=3601"}));

TEST(DoctorReportTest, WritesOneLinePerFinding) {
  EXPECT_EQ(AsLine(Ok("rights", "all")), "ok    rights: all\n");
  EXPECT_EQ(AsLine(Warn("clock", "odd", "set it")),
            "warn  clock: odd; set it\n");
  EXPECT_EQ(AsLine(Fail("port", "taken", "-p")), "fail  port: taken; -p\n");
}

TEST(DoctorReportTest, EscapesControlCharacters) {
  EXPECT_EQ(AsLine(Ok("filter", "a\nb\x1b[2J")),
            "ok    filter: a\\x0ab\\x1b[2J\n");
}

TEST(DoctorReportTest, SplitsAnErrorIntoReasonAndRemedy) {
  EXPECT_EQ(Fail("port", Error("cannot bind: taken; stop it; or move")),
            Fail("port", "cannot bind: taken", "stop it; or move"));
  EXPECT_EQ(Fail("port", Error("no remedy")), Fail("port", "no remedy", ""));
}

TEST(DoctorReportTest, FailsIffAFindingFails) {
  EXPECT_FALSE(HasFailed({}));
  EXPECT_FALSE(HasFailed({Ok("a", ""), Warn("b", "", "")}));
  EXPECT_TRUE(HasFailed({Fail("a", "", ""), Ok("b", "")}));
}

TEST(DoctorReportTest, WritesTheSameAsJson) {
  const std::string text =
      AsJson({Ok("a", "one"), Warn("b", "two", "r"), Fail("c", "three", "s")});
  EXPECT_THAT(text, EndsWith("}\n"));
  const auto parsed = nlohmann::json::parse(text);
  EXPECT_EQ(parsed, nlohmann::json::parse(R"({"ok":false,"checks":[
    {"name":"a","status":"ok","detail":"one","remedy":""},
    {"name":"b","status":"warn","detail":"two","remedy":"r"},
    {"name":"c","status":"fail","detail":"three","remedy":"s"}]})"));
  EXPECT_EQ(nlohmann::json::parse(AsJson({})),
            nlohmann::json::parse(R"({"ok":true,"checks":[]})"));
}

TEST(DoctorReportTest, WritesValidJsonForAnyFilter) {
  const auto parsed =
      nlohmann::json::parse(AsJson({Ok("filter", "\"\\\n\xff\xc3\x28 é")}));
  EXPECT_THAT(parsed["checks"][0]["detail"].get<std::string>(), HasSubstr("é"));
}

}  // namespace
}  // namespace ntm
