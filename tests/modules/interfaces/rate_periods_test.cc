#include "modules/interfaces/rate_periods.h"

#include <gtest/gtest.h>

namespace ntm::interfaces {
namespace {

constexpr int64_t kSecondNs = 1'000'000'000;
constexpr int64_t kHourNs = 3600 * kSecondNs;
constexpr int64_t kStartNs = 500'000 * kHourNs;

TEST(RatePeriodsTest, IsEmptyBeforeTheFirstSample) {
  const RatePeriods periods;
  EXPECT_EQ(periods.SinceStart().seconds, 0);
  EXPECT_EQ(periods.LastHour(kStartNs).seconds, 0);
}

TEST(RatePeriodsTest, MeanIsWeightedByObservedTime) {
  RatePeriods periods;
  periods.Add(kStartNs, 1, 400);
  periods.Add(kStartNs + 3 * kSecondNs, 3, 0);
  EXPECT_DOUBLE_EQ(periods.SinceStart().mean_per_second, 100);
  EXPECT_DOUBLE_EQ(periods.LastHour(kStartNs).mean_per_second, 100);
  EXPECT_DOUBLE_EQ(periods.LastDay(kStartNs).seconds, 4);
}

TEST(RatePeriodsTest, PeakHasTheTimeWhenItWasReachedFirst) {
  RatePeriods periods;
  periods.Add(kStartNs, 1, 10);
  periods.Add(kStartNs + 100 * kSecondNs, 1, 90);
  periods.Add(kStartNs + 900 * kSecondNs, 1, 90);
  const int64_t now = kStartNs + 1000 * kSecondNs;
  for (const RateFigures& figures :
       {periods.SinceStart(), periods.LastHour(now), periods.LastDay(now)}) {
    EXPECT_EQ(figures.peak_per_second, 90);
    EXPECT_EQ(figures.peak_time_ns, kStartNs + 100 * kSecondNs);
  }
}

TEST(RatePeriodsTest, HourAndDayDropOlderValues) {
  RatePeriods periods;
  periods.Add(kStartNs, 1, 5000);
  for (int64_t minute = 1; minute <= 26 * 60; ++minute) {
    const double rate = minute <= 20 * 60 ? 300 : 20;
    periods.Add(kStartNs + minute * 60 * kSecondNs, 60, rate);
  }
  const int64_t now = kStartNs + 26 * kHourNs;
  EXPECT_EQ(periods.SinceStart().peak_per_second, 5000);
  EXPECT_EQ(periods.LastHour(now).peak_per_second, 20);
  EXPECT_NEAR(periods.LastHour(now).mean_per_second, 20, 1e-9);
  EXPECT_NEAR(periods.LastHour(now).seconds, 3600, 60);
  EXPECT_EQ(periods.LastDay(now).peak_per_second, 300);
  EXPECT_NEAR(periods.LastDay(now).seconds, 86400, 900);
  EXPECT_NEAR(periods.LastDay(now).mean_per_second, (18 * 300 + 6 * 20) / 24.0,
              3);
  EXPECT_EQ(periods.LastHour(now + 2 * kHourNs).seconds, 0);
}

TEST(RatePeriodsTest, HandlesAClockSetBack) {
  RatePeriods periods;
  periods.Add(kStartNs + 30 * kHourNs, 1, 50);
  periods.Add(kStartNs, 1, 70);
  EXPECT_EQ(periods.LastHour(kStartNs).peak_per_second, 70);
  EXPECT_EQ(periods.LastHour(kStartNs).seconds, 1);
  EXPECT_EQ(periods.SinceStart().seconds, 2);
}

}  // namespace
}  // namespace ntm::interfaces
