// Adaptive conformal prediction: the bounds of a forecast, from the errors of
// the last forecasts.
//
// Units    residuals are log((actual + c) / (forecast + c)); levels and
//          coverages are fractions.
// Shape    keeps a window of residuals. Each tail has its own level, which
//          falls when its bound was missed and rises when it held, so that in
//          the long run each bound is missed at the wanted rate.
// Threads  not synchronised.
// Errors   none: with too few residuals ready() is false.
// Source   Vovk, Gammerman, Shafer, Algorithmic Learning in a Random World
//          (2005); Gibbs and Candès, Adaptive Conformal Inference (2021).
#pragma once

#include <cstddef>
#include <vector>

namespace ntm::forecast {

class StateReader;
class StateWriter;

class Conformal {
 public:
  // `tail` is the wanted miss rate of a bound, `pace` the step by which its
  // level moves, `least` the number of residuals needed for bounds.
  Conformal(size_t window, size_t least, double tail, double pace);

  void AddResidual(double residual);
  // Report whether a bound was missed by the actual value.
  void MoveLower(bool missed);
  void MoveUpper(bool missed);

  bool ready() const noexcept { return sorted_.size() >= least_; }
  double Lower() const { return Quantile(lower_level_); }
  double Upper() const { return Quantile(1 - upper_level_); }
  size_t size() const noexcept { return sorted_.size(); }

  void Write(StateWriter* out) const;
  void Read(StateReader* in);

 private:
  double Quantile(double level) const;

  // Constant after construction
  size_t window_;
  size_t least_;
  double tail_;
  double pace_;

  double lower_level_;
  double upper_level_;
  size_t oldest_ = 0;
  std::vector<float> ring_;
  std::vector<float> sorted_;
};

}  // namespace ntm::forecast
