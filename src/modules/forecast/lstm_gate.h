// Decides for one horizon whether the networks take part in the pool.
//
// Shape    both combinations, with and without the networks, are credited with
//          each forecast that both made. Compared are their mean errors, with
//          more weight on the last two weeks. To this record an assumption is
//          added: half a day and fourteen horizons in which the networks made
//          the error 10 % larger. So the gate is closed until there is a
//          record, and longer for a longer horizon: forecasts a day ahead
//          overlap, and a week has only seven independent ones. It opens when
//          the error is 0.5 % smaller with the networks, and closes when it is
//          0.5 % larger.
// Threads  not synchronised.
// Errors   none.
#pragma once

#include <cstddef>

#include "fading_mean.h"

namespace ntm::forecast {

class LstmGate {
 public:
  // `steps`: the horizon in bins.
  LstmGate(size_t day_bins, size_t steps);

  // Credits a forecast with the errors of both combinations.
  void Add(double error_with, double error_without);

  bool open() const noexcept { return open_; }
  // The error with the networks divided by that without, the assumption
  // included; 1 if neither made an error.
  double Ratio() const noexcept;

  void Write(StateWriter* out) const;
  void Read(StateReader* in);

 private:
  // Constant after construction
  double fading_;
  double doubt_;  // the weight of the assumption, in forecasts

  FadingMean with_;
  FadingMean without_;
  bool open_ = false;
};

}  // namespace ntm::forecast
