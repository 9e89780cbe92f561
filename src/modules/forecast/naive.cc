#include "naive.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "unknown.h"

namespace ntm::forecast {
namespace {

// As TimeSeries::Actual(), but with gaps filled.
double Past(const TimeSeries& time_series, const Question& q, int64_t lag) {
  const int64_t from = q.slot - lag;
  const auto steps = static_cast<int64_t>(q.steps);
  if (from < time_series.begin() || from + steps > q.slot) return kUnknown;
  if (q.target == Target::kPoint) return time_series.filled(from + steps);
  double sum = 0;
  for (int64_t i = from + 1; i <= from + steps; ++i)
    sum += time_series.filled(i);
  return sum / static_cast<double>(steps);
}

}  // namespace

double Persistence(const TimeSeries& time_series, const Question& q) {
  return time_series.filled(q.slot);
}

double SeasonalNaive(const TimeSeries& time_series, const Question& q,
                     int64_t lag) {
  return Past(time_series, q, lag);
}

double SeasonalChange(const TimeSeries& time_series, const Question& q,
                      int64_t lag) {
  const double then = Past(time_series, q, lag);
  if (std::isnan(then)) return kUnknown;
  const double c = time_series.offset();
  const double now = time_series.filled(q.slot);
  return (now + c) * (then + c) / (time_series.filled(q.slot - lag) + c) - c;
}

double RecentMedian(const TimeSeries& time_series, const Question& q,
                    size_t count) {
  const int64_t from = q.slot - static_cast<int64_t>(count) + 1;
  if (from < time_series.begin()) return kUnknown;
  std::vector<double> values;
  values.reserve(count);
  for (int64_t i = from; i <= q.slot; ++i)
    values.push_back(time_series.filled(i));
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(count / 2);
  std::ranges::nth_element(values, middle);
  return *middle;
}

}  // namespace ntm::forecast
