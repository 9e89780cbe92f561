// The two linear members: what comes next from the last bins alone, and from
// the last bins, the days and the week before.
//
// Units    answers are changes of log traffic from the last bin known.
// Threads  pure functions.
// Errors   none.
#pragma once

#include <cstdint>
#include <vector>

#include "naive.h"
#include "season.h"
#include "time_series.h"

namespace ntm::forecast {

// The features of one question, appended to `row`; always the same number of
// them for the same season. REQUIRES: q.slot >= time_series.begin() + Memory().
void AppendRecentFeatures(const TimeSeries& time_series, const Question& q,
                          std::vector<float>* row);
void AppendSeasonalFeatures(const TimeSeries& time_series, const Season& season,
                            const Question& q, std::vector<float>* row);

// How far back the features reach.
int64_t RecentMemory();
int64_t SeasonalMemory(const Season& season, size_t steps);

// log target - z at the question's slot; NaN where the target is a gap.
// REQUIRES: the target is in the series.
double LogChange(const TimeSeries& time_series, const Question& q);
// The other way round.
double FromLogChange(const TimeSeries& time_series, const Question& q,
                     double change);

}  // namespace ntm::forecast
