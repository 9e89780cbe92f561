// Combines the members' forecasts, weighted by their recent errors.
//
// Units    bytes per second.
// Shape    one pool per horizon. A member's error is the geometric mean of two
//          exponentially weighted means of its absolute errors, one over
//          several days and one over less than a day; a single error counts at
//          most ten times the usual one, so that neither a burst nor the
//          distant past decides. The weight is the error to the power of -6.
//          The forecast is the trimmed weighted mean: a tenth of the weight is
//          cut off at each end. A new member starts with an error above that of
//          the pool. The gate: once two days of forecasts can be compared, the
//          combination competes with slowly changing weights and with the best
//          naive member, by their errors over several days; one that is better
//          by more than 5 % is published instead.
// Threads  not synchronised.
// Errors   none: a member that is NaN does not count.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "models.h"

namespace ntm::forecast {

class StateReader;
class StateWriter;

// A forecast is at most this factor times the largest value of the past.
inline constexpr double kLargestGrowth = 1.2;

// An exponentially weighted mean.
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

  void Write(StateWriter* out) const;
  void Read(StateReader* in);

 private:
  double mean_ = 0;
  double weight_ = 0;
};

// The errors by which a member is judged.
struct Judgement {
  FadingMean slow;
  FadingMean fast;

  bool any() const noexcept { return slow.weight() > 0; }
  double Error() const;
  void Add(double error, double slow_fading, double fast_fading) noexcept {
    slow.Add(error, slow_fading);
    fast.Add(error, fast_fading);
  }
  void Write(StateWriter* out) const;
  void Read(StateReader* in);
};

// The ways to combine the members' forecasts.
enum Choice : size_t {
  kMixed,        // trimmed weighted mean
  kSlowlyMixed,  // weighted mean, by the errors over days only
  kBestNaive,
  kChoices
};

struct PoolAnswer {
  std::array<double, kChoices> choices{};
  size_t choice = kMixed;
  double published = 0;     // choices[choice]
  double without_lstm = 0;  // the same without the networks
  // True iff the published forecast is a naive one.
  bool gated = false;
};

class Pool {
 public:
  // `day_bins` sets how fast errors fade and when the gate may close.
  Pool(size_t day_bins, size_t steps);

  // Limits the members' forecasts to 0 … 1.2 × `largest` and combines them.
  PoolAnswer Answer(MemberForecasts* forecasts, double largest) const;

  // Updates the errors with the actual value of an earlier forecast.
  void Credit(const MemberForecasts& said, const PoolAnswer& answer,
              double actual);

  // Weights that sum up to 1.
  std::array<double, kMembers> Weights(const MemberForecasts& forecasts) const;
  // Mean absolute errors, with more weight on recent ones.
  double MemberError(size_t member) const { return errors_[member].mean(); }
  double PublishedError() const { return published_error_.mean(); }
  // 1 - error / error of the best naive member; 0 while nothing is known.
  double Skill() const;
  uint64_t credited() const noexcept { return credited_; }

  void Write(StateWriter* out) const;
  void Read(StateReader* in);

 private:
  using Ratings = std::array<double, kMembers>;
  // The error of each member; infinite if the member does not count.
  Ratings Rate(const MemberForecasts& forecasts, bool slowly) const;
  size_t Choose() const;

  // Constant after construction
  double slow_fading_;
  double fast_fading_;
  uint64_t credits_for_gate_;

  std::array<FadingMean, kMembers> errors_;
  std::array<Judgement, kMembers> judged_;
  std::array<Judgement, kChoices> judged_choices_;
  FadingMean usual_;  // the pool's error, limited in the same way
  FadingMean published_error_;
  uint64_t credited_ = 0;
};

}  // namespace ntm::forecast
