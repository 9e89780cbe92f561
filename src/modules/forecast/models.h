// The models of one series: the members of the pool and their forecasts.
//
// Units    bytes per second.
// Shape    a value: a copy can be trained on another thread with a copy of the
//          series, and then replace the original. The members in use depend on
//          the length of the history (Ladder).
// Threads  not synchronised.
// Errors   NaN for a member that has no forecast.
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
// The members before it are the naive ones that forecasts are compared to.
inline constexpr size_t kNaiveMembers = kMedianOfDay;

// "persistence", "same_time_yesterday", …
std::string_view MemberName(size_t member) noexcept;
inline bool IsLstm(size_t member) noexcept { return member >= kLstmChange; }

using MemberForecasts = std::array<float, kMembers>;

// Called regularly by long computations; may wait, or throw to abort.
using Pause = std::function<void()>;

class Models {
 public:
  Models(std::vector<size_t> horizons, Target target);

  // The level of models that the length of the history allows.
  static Ladder LadderOf(const TimeSeries& time_series);

  // Trains on the whole series. REQUIRES: forecasts will use the same
  // time_series.offset(). `anew` discards everything learned before. Linear
  // models are fitted each time; smoothing parameters are searched and networks
  // trained from new weights once a week; in between the networks are updated.
  // New networks replace the old ones only if they are not worse on the newest
  // day, which is held out.
  void Train(const TimeSeries& time_series, bool anew, const Pause& pause);
  // Updates the smoothing with the bins appended since the last call.
  void CatchUp(const TimeSeries& time_series);

  // The members' forecasts at the last bin of the series, for each horizon.
  std::vector<MemberForecasts> Forecast(const TimeSeries& time_series) const;

  const Season& season() const noexcept { return season_; }
  bool trained() const noexcept { return trained_; }
  // About the last Train(): whether it did the weekly search or fit, which
  // takes longest, and how often the old networks were kept.
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
  int64_t taken_ = 0;     // the first slot that Holt-Winters has not seen
  int64_t searched_ = 0;  // when its parameters were last searched
  int64_t fitted_ = 0;    // when networks were last trained from new weights
  bool was_weekly_ = false;
  size_t kept_old_ = 0;
};

}  // namespace ntm::forecast
