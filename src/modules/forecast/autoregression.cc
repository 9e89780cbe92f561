#include "autoregression.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace ntm::forecast {
namespace {

constexpr int64_t kLags = 12;
constexpr int64_t kLong = 36;
constexpr std::array<int64_t, 8> kSeasonalLags = {1, 2, 3, 4, 5, 6, 9, 12};
constexpr int64_t kNarrow = 1;  // bins to each side
constexpr int64_t kWide = 6;
constexpr int64_t kDaysBack = 3;
constexpr int kDayHarmonics = 4;
constexpr int kWeekHarmonics = 3;

// The mean log traffic `lag` bins before the target, smoothed by `around` bins
// to each side; no bin after the question's slot is used.
double Then(const TimeSeries& time_series, const Question& q, int64_t lag,
            int64_t around) {
  const auto steps = static_cast<int64_t>(q.steps);
  const int64_t end = q.slot + steps - lag;
  const int64_t begin = q.target == Target::kMean ? end - steps + 1 : end;
  return time_series.MeanZ(begin - around, std::min(end + around, q.slot));
}

double Around(const TimeSeries& time_series, int64_t slot, int64_t around) {
  return time_series.MeanZ(slot - around, slot + around);
}

void AppendHarmonics(double angle, int count, std::vector<float>* row) {
  for (int i = 1; i <= count; ++i) {
    row->push_back(static_cast<float>(std::sin(angle * i)));
    row->push_back(static_cast<float>(std::cos(angle * i)));
  }
}

}  // namespace

int64_t RecentMemory() { return kLong; }

int64_t SeasonalMemory(const Season& season, size_t steps) {
  const auto ahead = static_cast<int64_t>(steps);
  int64_t back = season.Days(season.DaysCovering(ahead) + kDaysBack - 1);
  back = std::max(back, season.Week());
  if (season.weekly()) {
    back =
        std::max(back, season.Days(season.WeeksCovering(ahead) * kDaysPerWeek));
  }
  return back + kWide + kLong;
}

void AppendRecentFeatures(const TimeSeries& time_series, const Question& q,
                          std::vector<float>* row) {
  const float now = time_series.z(q.slot);
  for (int64_t lag = 1; lag <= kLags; ++lag) {
    row->push_back(now - time_series.z(q.slot - lag));
  }
  row->push_back(
      static_cast<float>(time_series.MeanZ(q.slot - kLong + 1, q.slot)) - now);
}

void AppendSeasonalFeatures(const TimeSeries& time_series, const Season& season,
                            const Question& q, std::vector<float>* row) {
  const double now = static_cast<double>(time_series.z(q.slot));
  const auto push = [row, now](double z) {
    row->push_back(static_cast<float>(z - now));
  };
  const auto steps = static_cast<int64_t>(q.steps);
  for (const int64_t lag : kSeasonalLags) {
    push(static_cast<double>(time_series.z(q.slot - lag)));
  }
  push(time_series.MeanZ(q.slot - 2, q.slot));
  push(time_series.MeanZ(q.slot - kLags + 1, q.slot));
  push(time_series.MeanZ(q.slot - kLong + 1, q.slot));
  push(time_series.MeanZ(q.slot - season.Days(1) + 1, q.slot));
  push(time_series.MeanZ(q.slot - season.Week() + 1, q.slot));

  const int64_t nearest = season.DaysCovering(steps);
  for (int64_t day = nearest; day < nearest + kDaysBack; ++day) {
    const int64_t lag = season.Days(day);
    push(Then(time_series, q, lag, 0));
    push(Then(time_series, q, lag, kNarrow));
    push(Then(time_series, q, lag, kWide));
    push(Around(time_series, q.slot - lag, kNarrow));
    push(Around(time_series, q.slot - lag, kWide));
  }
  AppendHarmonics(season.DayAngle(q.slot + steps), kDayHarmonics, row);
  if (!season.weekly()) return;
  const int64_t lag = season.Days(season.WeeksCovering(steps) * kDaysPerWeek);
  push(Then(time_series, q, lag, kNarrow));
  push(Then(time_series, q, lag, kWide));
  push(Around(time_series, q.slot - lag, kNarrow));
  push(Around(time_series, q.slot - lag, kWide));
  AppendHarmonics(season.WeekAngle(q.slot + steps), kWeekHarmonics, row);
}

double LogChange(const TimeSeries& time_series, const Question& q) {
  const double actual = time_series.Actual(q.slot, q.steps, q.target);
  return std::log(actual + time_series.offset()) -
         static_cast<double>(time_series.z(q.slot));
}

double FromLogChange(const TimeSeries& time_series, const Question& q,
                     double change) {
  return std::exp(static_cast<double>(time_series.z(q.slot)) + change) -
         time_series.offset();
}

}  // namespace ntm::forecast
