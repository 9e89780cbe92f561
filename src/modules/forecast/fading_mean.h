// An exponentially weighted mean.
//
// Shape    a value's weight falls to 1/e after the days given to FadingFor().
// Threads  not synchronised.
// Errors   none.
#pragma once

#include <cmath>
#include <cstddef>

#include "state.h"

namespace ntm::forecast {

// The factor by which a bin's weight falls from bin to bin.
inline double FadingFor(double days, size_t day_bins) {
  return std::exp(-1 / (days * static_cast<double>(day_bins)));
}

class FadingMean {
 public:
  void Start(double mean, double weight) noexcept {
    mean_ = mean;
    weight_ = weight;
  }
  void Add(double value, double fading) noexcept {
    weight_ = weight_ * fading + 1;
    mean_ += (value - mean_) / weight_;
  }
  double mean() const noexcept { return mean_; }
  double weight() const noexcept { return weight_; }

  void Write(StateWriter* out) const {
    out->Put(mean_);
    out->Put(weight_);
  }
  void Read(StateReader* in) {
    in->Get(&mean_);
    in->Get(&weight_);
  }

 private:
  double mean_ = 0;
  double weight_ = 0;
};

}  // namespace ntm::forecast
