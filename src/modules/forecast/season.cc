#include "season.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <limits>

namespace ntm::forecast {
namespace {

constexpr double kReach = 0.1;  // share of a day to search on each side
constexpr double kMustBeatStamps =
    0.85;  // factor on the difference for a day of 24 hours
constexpr double kFinest = 1.0 / kDaysPerWeek;
constexpr int64_t kSamples = 1000;
constexpr std::array<int64_t, 3> kDaysCompared = {1, 2, kDaysPerWeek};

// The mean difference of bins to those one day, two days and a week earlier, if
// a day has `day` bins.
double Unlikeness(const TimeSeries& time_series, double day, int64_t begin) {
  double sum = 0;
  int64_t count = 0;
  const int64_t stride =
      std::max<int64_t>(1, (time_series.end() - begin) / kSamples);
  for (int64_t slot = begin; slot < time_series.end(); slot += stride) {
    if (time_series.is_gap(slot)) continue;
    const auto now = static_cast<double>(time_series.z(slot));
    for (const int64_t days : kDaysCompared) {
      const int64_t then = slot - std::llround(day * static_cast<double>(days));
      sum += std::abs(now - static_cast<double>(time_series.z(then)));
    }
    ++count;
  }
  return count > 0 ? sum / static_cast<double>(count)
                   : std::numeric_limits<double>::infinity();
}

}  // namespace

double FindDay(const TimeSeries& time_series) {
  const auto stamped = static_cast<double>(time_series.day_bins());
  const double reach = kReach * stamped;
  const int64_t begin =
      time_series.horizon_begin() +
      std::llround((stamped + reach) * static_cast<double>(kDaysPerWeek)) + 1;
  double best = stamped;
  double least = kMustBeatStamps * Unlikeness(time_series, stamped, begin);
  const auto look = [&](double from, double to, double step) {
    for (double day = from; day <= to; day += step) {
      const double unlikeness = Unlikeness(time_series, day, begin);
      if (unlikeness >= least) continue;
      least = unlikeness;
      best = day;
    }
  };
  const double step = std::max(stamped / 288, kFinest);
  look(stamped - reach, stamped + reach, step);
  if (best != stamped) look(best - step, best + step, kFinest);
  return best;
}

}  // namespace ntm::forecast
