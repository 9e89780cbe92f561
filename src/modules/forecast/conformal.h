// How far a forecast may be off: by how far the last ones were.
//
// Units    residuals are log((actual + c) / (forecast + c)); levels and
//          coverages are fractions.
// Shape    keeps the residuals of a window. Each tail has a level of its own,
//          which falls when that bound was missed and rises when it held, so
//          that in the long run each is missed as often as it should be.
// Threads  not synchronised.
// Errors   none: fewer residuals than are needed give no bounds.
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
  // `tail` is how often a bound should be missed; `pace` how far its level
  // moves each time; `least` how many residuals there must be.
  Conformal(size_t window, size_t least, double tail, double pace);

  void AddResidual(double residual);
  // Whether the bounds that were given were missed.
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
