#include "models.h"

#include <algorithm>
#include <cmath>

#include "autoregression.h"
#include "naive.h"
#include "state.h"
#include "unknown.h"

namespace ntm::forecast {
namespace {

constexpr double kPenalty = 1e-3;
constexpr size_t kMostRows = 8064;
constexpr size_t kRowsPerFeature = 10;
constexpr size_t kRowsForLstm = 288;
constexpr int64_t kSlotsBetweenPauses = 1024;
constexpr size_t kBinsForPool = 288;
constexpr size_t kBinsForNaive = 50;
constexpr size_t kDaysForDaily = 8;
constexpr size_t kDaysForWeekly = 16;

constexpr std::array<std::string_view, kMembers> kNames = {
    "persistence",       "same_time_yesterday", "same_time_last_week",
    "yesterdays_change", "last_weeks_change",   "median_of_day",
    "autoregression",    "seasonal_ridge",      "holt_winters_day",
    "holt_winters_week", "lstm_change",         "lstm_residual",
};

}  // namespace

std::string_view MemberName(size_t member) noexcept {
  return member < kMembers ? kNames[member] : "";
}

Models::Models(std::vector<size_t> horizons, Target target)
    : horizons_(std::move(horizons)),
      target_(target),
      recent_(horizons_.size()),
      seasonal_(horizons_.size()),
      day_(horizons_.size()),
      week_(horizons_.size()),
      lstm_(horizons_, target) {}

Ladder Models::LadderOf(const TimeSeries& time_series) {
  const size_t day = time_series.day_bins();
  const auto length =
      static_cast<size_t>(time_series.end() - time_series.horizon_begin());
  const size_t known = std::min(time_series.known_bins(), length);
  if (known < kBinsForNaive) return Ladder::kRule;
  if (known < kBinsForPool) return Ladder::kNaive;
  if (length < kDaysForDaily * day) return Ladder::kPool;
  return length < kDaysForWeekly * day ? Ladder::kDaily : Ladder::kWeekly;
}

void Models::TrainRidge(const TimeSeries& time_series, size_t horizon,
                        bool seasonal, const Pause& pause) {
  Ridge& ridge = seasonal ? seasonal_[horizon] : recent_[horizon];
  const auto steps = static_cast<int64_t>(horizons_[horizon]);
  const int64_t memory =
      seasonal ? SeasonalMemory(season_, horizons_[horizon]) : RecentMemory();
  const int64_t begin = time_series.horizon_begin() + memory;
  const int64_t end = time_series.end() - steps;
  std::vector<float> rows;
  std::vector<float> answers;
  size_t features = 0;
  const int64_t stride =
      std::max<int64_t>(1, (end - begin) / static_cast<int64_t>(kMostRows));
  for (int64_t slot = begin; slot < end; slot += stride) {
    const Question q{slot, horizons_[horizon], target_};
    if (pause && slot % kSlotsBetweenPauses == 0) pause();
    if (time_series.is_gap(slot)) continue;
    const double answer = LogChange(time_series, q);
    if (!std::isfinite(answer)) continue;
    const size_t before = rows.size();
    if (seasonal) {
      AppendSeasonalFeatures(time_series, season_, q, &rows);
    } else {
      AppendRecentFeatures(time_series, q, &rows);
    }
    features = rows.size() - before;
    answers.push_back(static_cast<float>(answer));
  }
  ridge = Ridge();
  if (answers.size() >= kRowsPerFeature * std::max<size_t>(features, 1)) {
    ridge.Fit(rows, features, answers, kPenalty, pause);
  }
}

double Models::RidgeChange(const TimeSeries& time_series, const Question& q,
                           size_t horizon) const {
  std::vector<float> row;
  AppendSeasonalFeatures(time_series, season_, q, &row);
  return seasonal_[horizon].Predict(row.data());
}

void Models::Train(const TimeSeries& time_series, bool anew,
                   const Pause& pause) {
  const Ladder ladder = LadderOf(time_series);
  const bool new_shape = anew || !trained_ || ladder != season_.ladder;
  season_.ladder = ladder;
  if (new_shape) season_.day = static_cast<double>(time_series.day_bins());
  if (new_shape && season_.weekly()) season_.day = FindDay(time_series);
  if (ladder < Ladder::kPool) return;
  bool has_ridge = season_.daily();
  for (size_t k = 0; k < horizons_.size(); ++k) {
    TrainRidge(time_series, k, false, pause);
    if (season_.daily()) TrainRidge(time_series, k, true, pause);
    has_ridge = has_ridge && seasonal_[k].fitted();
  }
  was_weekly_ = new_shape;
  kept_old_ = 0;
  if (new_shape || time_series.end() - searched_ >= season_.Week()) {
    SearchSmoothing(time_series, pause);
  }
  TrainNetworks(time_series, new_shape, has_ridge, pause);
  trained_ = true;
  taken_ = time_series.end();
}

void Models::SearchSmoothing(const TimeSeries& time_series,
                             const Pause& pause) {
  searched_ = time_series.end();
  was_weekly_ = true;
  for (size_t k = 0; k < horizons_.size(); ++k) {
    day_[k].Search(time_series, season_, false, horizons_[k], pause);
    week_[k] = HoltWinters();
    if (season_.weekly()) {
      week_[k].Search(time_series, season_, true, horizons_[k], pause);
    }
  }
}

void Models::TrainNetworks(const TimeSeries& time_series, bool new_shape,
                           bool has_ridge, const Pause& pause) {
  const LstmMembers::Expectation expected = [&](int64_t slot, size_t k) {
    // The ridge needs more history than the networks.
    if (slot <
        time_series.horizon_begin() + SeasonalMemory(season_, horizons_[k])) {
      return kUnknown;
    }
    return RidgeChange(time_series, {slot, horizons_[k], target_}, k);
  };
  const bool goes_on = !new_shape && lstm_.fitted(kOfChange) &&
                       lstm_.fitted(kOfResidual) == has_ridge;
  const int64_t rows =
      time_series.end() - time_series.horizon_begin() - lstm_.Memory(season_);
  const bool due = !goes_on || time_series.end() - fitted_ >= season_.Week();
  if (due && rows >= static_cast<int64_t>(kRowsForLstm)) {
    was_weekly_ = true;
    fitted_ = time_series.end();
    LstmMembers fresh(horizons_, target_);
    fresh.Fit(time_series, season_, has_ridge, expected, pause);
    if (!goes_on ||
        fresh.HeldOutError(time_series, season_, has_ridge, expected, pause) <=
            lstm_.HeldOutError(time_series, season_, has_ridge, expected,
                               pause)) {
      lstm_ = std::move(fresh);
      return;
    }
    ++kept_old_;
  }
  if (goes_on) {
    kept_old_ += lstm_.Update(time_series, season_, has_ridge, expected, pause);
  }
}

void Models::CatchUp(const TimeSeries& time_series) {
  if (!trained_) return;
  for (int64_t slot = std::max(taken_, time_series.begin());
       slot < time_series.end(); ++slot) {
    const auto z = static_cast<double>(time_series.z(slot));
    for (auto* members : {&day_, &week_}) {
      for (HoltWinters& member : *members) {
        if (member.started()) member.Update(slot, z, time_series.is_gap(slot));
      }
    }
  }
  taken_ = time_series.end();
}

void Models::ForecastByRules(const TimeSeries& time_series, const Question& q,
                             MemberForecasts* out) const {
  const Season plain{static_cast<double>(time_series.day_bins()),
                     Ladder::kWeekly};
  const auto steps = static_cast<int64_t>(q.steps);
  const int64_t day = plain.Days(plain.DaysCovering(steps));
  const int64_t week = plain.Days(plain.WeeksCovering(steps) * kDaysPerWeek);
  const auto set = [out](Member member, double value) {
    (*out)[member] = static_cast<float>(value);
  };
  set(kPersistence, Persistence(time_series, q));
  set(kSameTimeYesterday, SeasonalNaive(time_series, q, day));
  set(kSameTimeLastWeek, SeasonalNaive(time_series, q, week));
  set(kYesterdaysChange, SeasonalChange(time_series, q, day));
  set(kLastWeeksChange, SeasonalChange(time_series, q, week));
  set(kMedianOfDay, RecentMedian(time_series, q, time_series.day_bins()));
}

std::vector<MemberForecasts> Models::Forecast(
    const TimeSeries& time_series) const {
  std::vector<MemberForecasts> all(horizons_.size());
  if (time_series.empty()) return all;
  const int64_t slot = time_series.end() - 1;
  const int64_t reach = slot - time_series.begin();
  LstmMembers::Answer networks;
  const bool has_lstm =
      trained_ && lstm_.fitted(kOfChange) && reach >= lstm_.Memory(season_);
  if (has_lstm) networks = lstm_.Predict(time_series, season_, slot);
  std::vector<float> row;
  for (size_t k = 0; k < horizons_.size(); ++k) {
    MemberForecasts& out = all[k];
    out.fill(kUnknownFloat);
    const Question q{slot, horizons_[k], target_};
    ForecastByRules(time_series, q, &out);
    if (!trained_) continue;
    const auto set = [&](Member member, double change) {
      out[member] = static_cast<float>(FromLogChange(time_series, q, change));
    };
    if (recent_[k].fitted() && reach >= RecentMemory()) {
      row.clear();
      AppendRecentFeatures(time_series, q, &row);
      set(kAutoregression, recent_[k].Predict(row.data()));
    }
    double expected = kUnknown;
    if (seasonal_[k].fitted() && reach >= SeasonalMemory(season_, q.steps)) {
      expected = RidgeChange(time_series, q, k);
      set(kSeasonalRidge, expected);
    }
    if (day_[k].started()) {
      out[kHoltWintersDay] =
          static_cast<float>(day_[k].Predict(time_series, q));
    }
    if (week_[k].started()) {
      out[kHoltWintersWeek] =
          static_cast<float>(week_[k].Predict(time_series, q));
    }
    if (has_lstm) set(kLstmChange, networks.change[kOfChange][k]);
    if (has_lstm && lstm_.fitted(kOfResidual)) {
      set(kLstmResidual, expected + networks.change[kOfResidual][k]);
    }
  }
  return all;
}

void Models::Write(StateWriter* out) const {
  out->Put(trained_);
  out->Put(season_.day);
  out->Put(season_.ladder);
  out->Put(taken_);
  out->Put(searched_);
  out->Put(fitted_);
  for (size_t k = 0; k < horizons_.size(); ++k) {
    recent_[k].Write(out);
    seasonal_[k].Write(out);
    day_[k].Write(out);
    week_[k].Write(out);
  }
  lstm_.Write(out);
}

void Models::Read(StateReader* in) {
  in->Get(&trained_);
  in->Get(&season_.day);
  in->Get(&season_.ladder);
  in->Get(&taken_);
  in->Get(&searched_);
  in->Get(&fitted_);
  for (size_t k = 0; k < horizons_.size(); ++k) {
    recent_[k].Read(in);
    seasonal_[k].Read(in);
    day_[k].Read(in);
    week_[k].Read(in);
  }
  lstm_.Read(in);
}

}  // namespace ntm::forecast
