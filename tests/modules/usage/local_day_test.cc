#include "modules/usage/local_day.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <ctime>
#include <filesystem>

#include "ntm/base/unix_time.h"

namespace ntm::usage {
namespace {

struct LocalDayTest : ::testing::Test {
  LocalDayTest() { Use("UTC0"); }
  ~LocalDayTest() override { Use("UTC0"); }
  static void Use(const char* zone) {
    setenv("TZ", zone, 1);
    tzset();
  }
};

constexpr int64_t kJan31 = 1'769'817'600;  // 2026-01-31T00:00:00Z

TEST_F(LocalDayTest, DaysFollowTheTimeZone) {
  EXPECT_EQ(DayOf(kJan31).name, "2026-01-31");
  EXPECT_EQ(DayOf(kJan31 - 1).name, "2026-01-30");
  Use("CET-1CEST,M3.5.0,M10.5.0/3");
  EXPECT_EQ(DayOf(kJan31 - 3600).name, "2026-01-31");
  EXPECT_EQ(DayOf(kJan31 - 3600).from_s, kJan31 - 3600);
  const Span short_day = ParseDay("2026-03-29").value();
  EXPECT_EQ(short_day.to_s - short_day.from_s, kDaySeconds - 3600);
}

TEST_F(LocalDayTest, ParsesValidDaysAndMonths) {
  EXPECT_EQ(ParseDay("2026-01-31")->from_s, kJan31);
  for (const char* text : {"2026-02-30", "2026-1-31", "31.01.2026", "",
                           "2026-13-01", "2026-01-00", "1969-01-01"}) {
    EXPECT_FALSE(ParseDay(text)) << text;
  }
  EXPECT_EQ(ParseMonth("2026-01", 1)->to_s, kJan31 + kDaySeconds);
  for (const char* text : {"2026-00", "2026-13", "2026-1", "2026-01-01", ""}) {
    EXPECT_FALSE(ParseMonth(text, 1)) << text;
  }
}

TEST_F(LocalDayTest, ABillingMonthBeginsOnItsDay) {
  const Span month = MonthOf(kJan31, 15);
  EXPECT_EQ(month.name, "2026-01");
  EXPECT_EQ(month.from_s, kJan31 - 16 * kDaySeconds);
  EXPECT_EQ(month.to_s, kJan31 + 15 * kDaySeconds);
  EXPECT_EQ(ParseMonth("2026-01", 15)->from_s, month.from_s);
  // Before January 15 it is still the month of December.
  const Span before = MonthOf(month.from_s - 1, 15);
  EXPECT_EQ(before.name, "2025-12");
  EXPECT_EQ(before.to_s, month.from_s);
  EXPECT_EQ(MonthOf(kJan31, 1).from_s, kJan31 - 30 * kDaySeconds);
}

}  // namespace
}  // namespace ntm::usage
