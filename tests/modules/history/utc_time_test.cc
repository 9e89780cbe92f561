#include "modules/history/utc_time.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <ctime>
#include <stdexcept>

#include "ntm/base/utc_text.h"

namespace ntm::history {
namespace {

constexpr int64_t kMorning = 1'769'850'300;  // 2026-01-31T09:05:00Z

struct UtcTimeTest : ::testing::Test {
  void TearDown() override { UseTimeZone("UTC"); }
};

TEST_F(UtcTimeTest, WritesAndReadsTheSameSecond) {
  EXPECT_EQ(StoredTime(kMorning), "2026-01-31T09:05:00");
  for (const char* text :
       {"2026-01-31T09:05:00", "2026-01-31T09:05:00Z", "2026-01-31 09:05:00",
        "2026-01-31T09:05", "2026-01-31T09:05Z", "1769850300"}) {
    EXPECT_EQ(ParseTime(text), kMorning) << text;
  }
  EXPECT_EQ(FileText(kMorning), "20260131T090500Z");
}

TEST_F(UtcTimeTest, RefusesInvalidTimes) {
  for (const char* text :
       {"", "abc", "2026-02-30", "2026-13-01", "2026-01-31T",
        "2026-01-31T09:05:00+01:00", "-5", "1e9", "9999999999999999999"}) {
    EXPECT_FALSE(ParseTime(text)) << text;
  }
}

TEST_F(UtcTimeTest, DaysFollowTheTimeZone) {
  UseTimeZone("UTC");
  EXPECT_EQ(StoredTime(ParseDay("2026-01-31")->from_s), "2026-01-31T00:00:00");
  UseTimeZone("Asia/Kolkata");
  const auto day = ParseDay("2026-01-31");
  EXPECT_EQ(StoredTime(day->from_s), "2026-01-30T18:30:00");
  EXPECT_EQ(StoredTime(day->to_s), "2026-01-31T18:30:00");
  EXPECT_EQ(LocalText(kMorning), "2026-01-31 14:35:00");
}

TEST_F(UtcTimeTest, DaysOfADaylightSavingChangeHave23And25Hours) {
  UseTimeZone("Europe/Rome");
  const auto spring = ParseDay("2026-03-29");
  EXPECT_EQ(spring->to_s - spring->from_s, 23 * 3600);
  const auto autumn = ParseDay("2026-10-25");
  EXPECT_EQ(autumn->to_s - autumn->from_s, 25 * 3600);
}

TEST_F(UtcTimeTest, RefusesAnUnknownTimeZone) {
  for (const char* name :
       {"", "Mars/Olympus", "../../../etc/passwd", "/etc", "Europe"}) {
    EXPECT_THROW(CheckedTimeZone(name), std::invalid_argument) << name;
  }
}

}  // namespace
}  // namespace ntm::history
