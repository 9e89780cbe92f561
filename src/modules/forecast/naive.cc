#include "naive.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "unknown.h"

namespace ntm::forecast {
namespace {

// As Course::Actual(), but of what stands in for gaps.
double Past(const Course& course, const Question& q, int64_t lag) {
  const int64_t from = q.slot - lag;
  const auto steps = static_cast<int64_t>(q.steps);
  if (from < course.begin() || from + steps > q.slot) return kUnknown;
  if (q.target == Target::kPoint) return course.filled(from + steps);
  double sum = 0;
  for (int64_t i = from + 1; i <= from + steps; ++i) sum += course.filled(i);
  return sum / static_cast<double>(steps);
}

}  // namespace

double Persistence(const Course& course, const Question& q) {
  return course.filled(q.slot);
}

double SeasonalNaive(const Course& course, const Question& q, int64_t lag) {
  return Past(course, q, lag);
}

double SeasonalChange(const Course& course, const Question& q, int64_t lag) {
  const double then = Past(course, q, lag);
  if (std::isnan(then)) return kUnknown;
  const double c = course.offset();
  const double now = course.filled(q.slot);
  return (now + c) * (then + c) / (course.filled(q.slot - lag) + c) - c;
}

double RecentMedian(const Course& course, const Question& q, size_t count) {
  const int64_t from = q.slot - static_cast<int64_t>(count) + 1;
  if (from < course.begin()) return kUnknown;
  std::vector<double> values;
  values.reserve(count);
  for (int64_t i = from; i <= q.slot; ++i) values.push_back(course.filled(i));
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(count / 2);
  std::ranges::nth_element(values, middle);
  return *middle;
}

}  // namespace ntm::forecast
