// Maps bins to the time of day and of the week.
//
// Units    bins; the day's length may be a fraction of one.
// Threads  plain values.
// Errors   none.
#pragma once

#include <cmath>
#include <cstdint>

#include "time_series.h"

namespace ntm::forecast {

inline constexpr int64_t kDaysPerWeek = 7;

// The levels of models, by length of the history.
enum class Ladder : uint8_t { kRule, kNaive, kPool, kDaily, kWeekly };

struct Season {
  double day = 288;
  Ladder ladder = Ladder::kNaive;

  bool daily() const noexcept { return ladder >= Ladder::kDaily; }
  bool weekly() const noexcept { return ladder >= Ladder::kWeekly; }
  int64_t Days(int64_t count) const noexcept {
    return std::llround(day * static_cast<double>(count));
  }
  int64_t Week() const noexcept { return Days(kDaysPerWeek); }
  // The smallest number of whole days that covers `steps`.
  int64_t DaysCovering(int64_t steps) const noexcept {
    int64_t days = 1;
    while (Days(days) < steps) ++days;
    return days;
  }
  int64_t WeeksCovering(int64_t steps) const noexcept {
    int64_t weeks = 1;
    while (Days(weeks * kDaysPerWeek) < steps) ++weeks;
    return weeks;
  }
  double DayAngle(int64_t slot) const noexcept { return Angle(slot, day); }
  double WeekAngle(int64_t slot) const noexcept {
    return Angle(slot, day * kDaysPerWeek);
  }

 private:
  static double Angle(int64_t slot, double period) noexcept {
    constexpr double kTurn = 6.283185307179586;
    return kTurn * std::fmod(static_cast<double>(slot), period) / period;
  }
};

// The length of a day in `time_series`: day_bins(), unless another length
// within 10 % of it repeats so much better that the time stamps must be wrong.
double FindDay(const TimeSeries& time_series);

}  // namespace ntm::forecast
