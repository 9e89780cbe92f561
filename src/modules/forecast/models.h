// All that is learned of one series, and what each of it forecasts.
//
// Units    bytes per second.
// Shape    a value: a copy can be trained on another thread from a copy of the
//          series, and put in the place of the old one. Which members there are
//          depends on how long the history is (Ladder).
// Threads  not synchronised.
// Errors   NaN for a member that cannot answer.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

#include "holt_winters.h"
#include "lstm_members.h"
#include "ridge.h"
#include "season.h"
#include "time_series.h"

namespace ntm::forecast {

enum Member : size_t {
  kPersistence,
  kSameTimeYesterday,
  kSameTimeLastWeek,
  kYesterdaysChange,
  kLastWeeksChange,
  kMedianOfDay,
  kAutoregression,
  kSeasonalRidge,
  kHoltWintersDay,
  kHoltWintersWeek,
  kLstmChange,
  kLstmResidual,
  kMembers
};
// Those before it need no model, and are what a forecast is measured against.
inline constexpr size_t kNaiveMembers = kMedianOfDay;

// "persistence", "same_time_yesterday", …
std::string_view MemberName(size_t member) noexcept;
inline bool IsLstm(size_t member) noexcept { return member >= kLstmChange; }

using MemberForecasts = std::array<float, kMembers>;

// Called now and then by what takes long; may wait, or throw to end it.
using Pause = std::function<void()>;

class Models {
 public:
  Models(std::vector<size_t> horizons, Target target);

  // What the history in `time_series` is long enough for.
  static Ladder LadderOf(const TimeSeries& time_series);

  // Learns from the whole series; REQUIRES: time_series.offset() is what it
  // will be asked with. `anew`: nothing of what was learned before is taken up.
  // Linear models are fitted anew each time; smoothing is sought and networks
  // are fitted anew once a week, and the networks learn in between from where
  // they were. New networks stand in for the old only where they are no worse
  // on the newest day, which none of them has learned.
  void Train(const TimeSeries& time_series, bool anew, const Pause& pause);
  // Takes the bins that came since.
  void CatchUp(const TimeSeries& time_series);

  // From the last bin of the series, for each horizon.
  std::vector<MemberForecasts> Forecast(const TimeSeries& time_series) const;

  const Season& season() const noexcept { return season_; }
  bool trained() const noexcept { return trained_; }
  // Of the last Train(): whether it was the week's, which takes longest, and
  // how often old networks were better than what they had become.
  bool was_weekly() const noexcept { return was_weekly_; }
  size_t kept_old() const noexcept { return kept_old_; }

  void Write(StateWriter* out) const;
  void Read(StateReader* in);

 private:
  void TrainRidge(const TimeSeries& time_series, size_t horizon, bool seasonal,
                  const Pause& pause);
  void SearchSmoothing(const TimeSeries& time_series, const Pause& pause);
  void TrainNetworks(const TimeSeries& time_series, bool new_shape,
                     bool has_ridge, const Pause& pause);
  double RidgeChange(const TimeSeries& time_series, const Question& q,
                     size_t horizon) const;
  void ForecastByRules(const TimeSeries& time_series, const Question& q,
                       MemberForecasts* out) const;

  // Constant after construction
  std::vector<size_t> horizons_;
  Target target_;

  bool trained_ = false;
  Season season_;
  std::vector<Ridge> recent_;  // per horizon
  std::vector<Ridge> seasonal_;
  std::vector<HoltWinters> day_;
  std::vector<HoltWinters> week_;
  LstmMembers lstm_;
  int64_t taken_ = 0;     // the slot after the last one that Holt-Winters had
  int64_t searched_ = 0;  // where its parameters were last sought
  int64_t fitted_ = 0;    // where networks were last fitted anew, or tried to
  bool was_weekly_ = false;
  size_t kept_old_ = 0;
};

}  // namespace ntm::forecast
