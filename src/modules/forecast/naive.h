// Naive forecasts, the baseline for the other members of the pool.
//
// Units    bytes per second.
// Threads  pure functions.
// Errors   NaN if the history is too short.
#pragma once

#include <cstddef>

#include "time_series.h"

namespace ntm::forecast {

// What to forecast: the target `steps` after `slot`, the last known bin.
struct Question {
  int64_t slot = 0;
  size_t steps = 1;
  Target target = Target::kPoint;
};

double Persistence(const TimeSeries& time_series, const Question& q);
// The value `lag` bins earlier; REQUIRES: lag >= q.steps.
double SeasonalNaive(const TimeSeries& time_series, const Question& q,
                     int64_t lag);
// The present value times the ratio by which it changed `lag` bins earlier.
double SeasonalChange(const TimeSeries& time_series, const Question& q,
                      int64_t lag);
// The median of the last `count` bins.
double RecentMedian(const TimeSeries& time_series, const Question& q,
                    size_t count);

}  // namespace ntm::forecast
