// The features of the two linear members of the pool: one uses the last bins
// only, the other also the previous days and the previous week.
//
// Units    targets are changes of log traffic relative to the last known bin.
// Threads  pure functions.
// Errors   none.
#pragma once

#include <cstdint>
#include <vector>

#include "naive.h"
#include "season.h"
#include "time_series.h"

namespace ntm::forecast {

// Append the features of one question to `row`; their number depends on the
// season only. REQUIRES: q.slot >= time_series.begin() + Memory().
void AppendRecentFeatures(const TimeSeries& time_series, const Question& q,
                          std::vector<float>* row);
void AppendSeasonalFeatures(const TimeSeries& time_series, const Season& season,
                            const Question& q, std::vector<float>* row);

// How far back the features reach.
int64_t RecentMemory();
int64_t SeasonalMemory(const Season& season, size_t steps);

// log(target + offset) - z at the question's slot; NaN if the target is a gap.
// REQUIRES: the target is in the series.
double LogChange(const TimeSeries& time_series, const Question& q);
// The inverse of LogChange().
double FromLogChange(const TimeSeries& time_series, const Question& q,
                     double change);

}  // namespace ntm::forecast
