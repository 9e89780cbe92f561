// Holt-Winters: exponential smoothing of the level and of the daily and weekly
// seasons of log traffic, with a correction for the last error.
//
// Units    z is log traffic.
// Shape    without seasons this is simple exponential smoothing. One update per
//          bin; the parameters are found by a random search over the past.
// Threads  not synchronised; Predict() is const.
// Errors   none.
// Source   Holt (1957), Winters (1960), in innovations form; the correction and
//          the two seasons: Taylor, Short-term electricity demand forecasting
//          using double seasonal exponential smoothing (2003).
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "naive.h"
#include "season.h"
#include "time_series.h"

namespace ntm::forecast {

class StateReader;
class StateWriter;

struct Smoothing {
  double level = 0.3;
  double day = 0.1;
  double week = 0.0;
  double error = 0.5;  // share of the last error expected to persist
};

class HoltWinters {
 public:
  // Runs over the last `capacity` bins of `time_series`. `uses_week` adds the
  // weekly season to the daily one.
  void Restart(const TimeSeries& time_series, const Season& season,
               bool uses_week, const Smoothing& smoothing);
  // Searches the parameters with the smallest error `steps` ahead, then
  // restarts with them. `pause` is called regularly.
  void Search(const TimeSeries& time_series, const Season& season,
              bool uses_week, size_t steps, const std::function<void()>& pause);

  // Takes the next bin.
  void Update(int64_t slot, double z, bool is_gap);
  // Log traffic `steps` after the last bin taken.
  double PredictZ(size_t steps) const;
  // The forecast for `q`, in bytes per second.
  double Predict(const TimeSeries& time_series, const Question& q) const;
  bool started() const noexcept { return !day_.empty(); }
  const Smoothing& smoothing() const noexcept { return smoothing_; }

  void Write(StateWriter* out) const;
  void Read(StateReader* in);

 private:
  size_t DayIndex(int64_t slot) const;
  size_t WeekIndex(int64_t slot) const;
  double Expected(int64_t slot) const;

  Smoothing smoothing_;
  int64_t slot_ = 0;  // the last one taken
  double level_ = 0;
  double error_ = 0;
  std::vector<double> day_;
  std::vector<double> week_;  // empty: not used
};

}  // namespace ntm::forecast
