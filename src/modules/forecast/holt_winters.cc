#include "holt_winters.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

#include "state.h"

namespace ntm::forecast {
namespace {

constexpr int kTries = 60;
constexpr int kRefinements = 40;
constexpr size_t kStrides = 3000;  // approximate number of forecasts per trial

size_t Wrap(int64_t slot, size_t size) {
  const auto length = static_cast<int64_t>(size);
  return static_cast<size_t>(((slot % length) + length) % length);
}

double Unit(std::mt19937_64* random) {
  constexpr double kScale = 1.0 / 9007199254740992.0;
  return static_cast<double>((*random)() >> 11) * kScale;
}

}  // namespace

size_t HoltWinters::DayIndex(int64_t slot) const {
  return Wrap(slot, day_.size());
}
size_t HoltWinters::WeekIndex(int64_t slot) const {
  return Wrap(slot, week_.size());
}

double HoltWinters::Expected(int64_t slot) const {
  double z = level_ + day_[DayIndex(slot)];
  if (!week_.empty()) z += week_[WeekIndex(slot)];
  return z;
}

void HoltWinters::Restart(const TimeSeries& time_series, const Season& season,
                          bool uses_week, const Smoothing& smoothing) {
  smoothing_ = smoothing;
  const int64_t begin = time_series.horizon_begin();
  const int64_t end = time_series.end();
  const auto day = static_cast<size_t>(
      season.daily() ? std::max<int64_t>(season.Days(1), 1) : 1);
  day_.assign(day, 0);
  week_.assign(uses_week ? static_cast<size_t>(season.Week()) : 0, 0);
  error_ = 0;
  const int64_t first_days =
      std::min(end - begin, static_cast<int64_t>(day) * (day > 1 ? 7 : 12));
  level_ = time_series.MeanZ(begin, begin + first_days - 1);
  if (day > 1) {
    std::vector<double> count(day, 0);
    for (int64_t i = begin; i < begin + first_days; ++i) {
      day_[Wrap(i, day)] += static_cast<double>(time_series.z(i)) - level_;
      count[Wrap(i, day)] += 1;
    }
    for (size_t i = 0; i < day; ++i) day_[i] /= std::max(count[i], 1.0);
  }
  slot_ = begin - 1;
  for (int64_t i = begin; i < end; ++i) {
    Update(i, static_cast<double>(time_series.z(i)), time_series.is_gap(i));
  }
}

void HoltWinters::Update(int64_t slot, double z, bool is_gap) {
  slot_ = slot;
  if (is_gap) {
    error_ *= smoothing_.error;
    return;
  }
  const double plain = z - Expected(slot);
  const double surprise = plain - smoothing_.error * error_;
  level_ += smoothing_.level * surprise;
  if (day_.size() > 1) day_[DayIndex(slot)] += smoothing_.day * surprise;
  if (!week_.empty()) week_[WeekIndex(slot)] += smoothing_.week * surprise;
  error_ = plain;
}

double HoltWinters::PredictZ(size_t steps) const {
  return Expected(slot_ + static_cast<int64_t>(steps)) +
         std::pow(smoothing_.error, static_cast<double>(steps)) * error_;
}

double HoltWinters::Predict(const TimeSeries& time_series,
                            const Question& q) const {
  if (q.target == Target::kPoint) {
    return std::exp(PredictZ(q.steps)) - time_series.offset();
  }
  double sum = 0;
  double expected_again = smoothing_.error;
  for (size_t i = 1; i <= q.steps; ++i) {
    sum += std::exp(Expected(slot_ + static_cast<int64_t>(i)) +
                    expected_again * error_);
    expected_again *= smoothing_.error;
  }
  return sum / static_cast<double>(q.steps) - time_series.offset();
}

void HoltWinters::Search(const TimeSeries& time_series, const Season& season,
                         bool uses_week, size_t steps,
                         const std::function<void()>& pause) {
  const auto cost = [&](const Smoothing& smoothing) {
    HoltWinters trial;
    const int64_t begin = time_series.horizon_begin();
    const int64_t size = time_series.end() - begin;
    trial.smoothing_ = smoothing;
    trial.day_ = day_;
    trial.week_ = week_;
    trial.level_ = level_;
    double sum = 0;
    const int64_t stride =
        std::max<int64_t>(1, size / static_cast<int64_t>(kStrides));
    const auto ahead = static_cast<int64_t>(steps);
    for (int64_t i = begin; i < time_series.end(); ++i) {
      trial.Update(i, static_cast<double>(time_series.z(i)),
                   time_series.is_gap(i));
      if (i % stride != 0 || i < begin + size / 3 ||
          i + ahead >= time_series.end())
        continue;
      sum += std::abs(static_cast<double>(time_series.z(i + ahead)) -
                      trial.PredictZ(steps));
    }
    return sum;
  };
  // Only to initialize the level and the seasons.
  Smoothing still;
  still.level = still.day = still.week = still.error = 0;
  Restart(time_series, season, uses_week, still);
  std::mt19937_64 random(steps + (uses_week ? 1000003 : 0));
  Smoothing best;
  double best_cost = std::numeric_limits<double>::infinity();
  for (int i = 0; i < kTries + kRefinements; ++i) {
    Smoothing trial = best;
    if (i < kTries) {
      const auto draw = [&random] {
        const double unit = Unit(&random);
        return unit * unit * unit;
      };
      trial.level = draw();
      trial.day = season.daily() ? draw() : 0;
      trial.week = uses_week ? draw() : 0;
      trial.error = 1 - draw();
    } else {
      const auto nudge = [&random](double value) {
        const double factor = 0.6 + 0.8 * Unit(&random);
        return std::clamp(value * factor, 0.0, 1.0);
      };
      trial.level = nudge(trial.level);
      trial.day = nudge(trial.day);
      trial.week = nudge(trial.week);
      trial.error = 1 - nudge(1 - trial.error);
    }
    trial.error = std::min(trial.error, 0.999);
    const double now = cost(trial);
    if (now < best_cost) {
      best_cost = now;
      best = trial;
    }
    if (pause) pause();
  }
  Restart(time_series, season, uses_week, best);
}

void HoltWinters::Write(StateWriter* out) const {
  out->Put(smoothing_.level);
  out->Put(smoothing_.day);
  out->Put(smoothing_.week);
  out->Put(smoothing_.error);
  out->Put(slot_);
  out->Put(level_);
  out->Put(error_);
  out->Put(day_);
  out->Put(week_);
}

void HoltWinters::Read(StateReader* in) {
  in->Get(&smoothing_.level);
  in->Get(&smoothing_.day);
  in->Get(&smoothing_.week);
  in->Get(&smoothing_.error);
  in->Get(&slot_);
  in->Get(&level_);
  in->Get(&error_);
  in->Get(&day_);
  in->Get(&week_);
}

}  // namespace ntm::forecast
