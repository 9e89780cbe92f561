#include "conformal.h"

#include <algorithm>
#include <cmath>

#include "state.h"

namespace ntm::forecast {
namespace {

constexpr double kLeastLevel = 0.001;
constexpr double kMostLevel = 0.3;

}  // namespace

Conformal::Conformal(size_t window, size_t least, double tail, double pace)
    : window_(window),
      least_(least),
      tail_(tail),
      pace_(pace),
      lower_level_(tail),
      upper_level_(tail) {}

void Conformal::AddResidual(double residual) {
  const auto value = static_cast<float>(residual);
  if (!std::isfinite(value)) return;
  if (ring_.size() < window_) {
    ring_.push_back(value);
  } else {
    sorted_.erase(std::ranges::lower_bound(sorted_, ring_[oldest_]));
    ring_[oldest_] = value;
    oldest_ = (oldest_ + 1) % window_;
  }
  sorted_.insert(std::ranges::upper_bound(sorted_, value), value);
}

void Conformal::MoveLower(bool missed) {
  lower_level_ = std::clamp(lower_level_ + pace_ * (tail_ - (missed ? 1 : 0)),
                            kLeastLevel, kMostLevel);
}

void Conformal::MoveUpper(bool missed) {
  upper_level_ = std::clamp(upper_level_ + pace_ * (tail_ - (missed ? 1 : 0)),
                            kLeastLevel, kMostLevel);
}

double Conformal::Quantile(double level) const {
  if (sorted_.empty()) return 0;
  const auto last = static_cast<double>(sorted_.size() - 1);
  const double at = std::clamp(level * (last + 2) - 1, 0.0, last);
  const auto below = static_cast<size_t>(at);
  const size_t above = std::min(below + 1, sorted_.size() - 1);
  const double part = at - static_cast<double>(below);
  return (1 - part) * static_cast<double>(sorted_[below]) +
         part * static_cast<double>(sorted_[above]);
}

void Conformal::Write(StateWriter* out) const {
  out->Put(lower_level_);
  out->Put(upper_level_);
  out->Put(uint64_t{oldest_});
  out->Put(ring_);
}

void Conformal::Read(StateReader* in) {
  uint64_t oldest = 0;
  in->Get(&lower_level_);
  in->Get(&upper_level_);
  in->Get(&oldest);
  in->Get(&ring_);
  oldest_ = ring_.empty() ? 0 : oldest % ring_.size();
  sorted_ = ring_;
  std::ranges::sort(sorted_);
}

}  // namespace ntm::forecast
