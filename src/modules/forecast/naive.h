// Forecasts that need no model: what a member of the pool has to beat.
//
// Units    bytes per second.
// Threads  pure functions.
// Errors   NaN where the history is too short.
#pragma once

#include <cstddef>

#include "time_series.h"

namespace ntm::forecast {

// What is asked for: the target `steps` ahead of the bin `slot`, which is the
// last one known.
struct Question {
  int64_t slot = 0;
  size_t steps = 1;
  Target target = Target::kPoint;
};

double Persistence(const TimeSeries& time_series, const Question& q);
// What the same time `lag` bins before was; `lag` at least q.steps.
double SeasonalNaive(const TimeSeries& time_series, const Question& q,
                     int64_t lag);
// The present value, changed as it changed `lag` bins before, by ratio.
double SeasonalChange(const TimeSeries& time_series, const Question& q,
                      int64_t lag);
// The median of the last `count` bins.
double RecentMedian(const TimeSeries& time_series, const Question& q,
                    size_t count);

}  // namespace ntm::forecast
