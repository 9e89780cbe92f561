// Exponential smoothing of the level and of the time of day and of the week,
// with a correction for the last error, in logs.
//
// Units    z is log traffic.
// Shape    without seasons it is simple exponential smoothing. A step per bin;
//          the parameters come from a search over the past.
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
  double error = 0.5;  // how much of the last error is expected again
};

class HoltWinters {
 public:
  // Starts from the beginning of `time_series`'s last `capacity` bins and runs
  // to its end. `uses_week` takes the place of the day's season by the week's
  // beside it.
  void Restart(const TimeSeries& time_series, const Season& season,
               bool uses_week, const Smoothing& smoothing);
  // Searches the parameters that forecast `steps` ahead best, then restarts
  // with them. `pause` is called now and then.
  void Search(const TimeSeries& time_series, const Season& season,
              bool uses_week, size_t steps, const std::function<void()>& pause);

  // Takes the bin `slot`, which follows the one before.
  void Update(int64_t slot, double z, bool is_gap);
  // Log traffic `steps` after the last bin taken.
  double PredictZ(size_t steps) const;
  // Of the whole question, in bytes per second.
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
