// How much each member's word counts: by what its last forecasts were worth.
//
// Units    bytes per second.
// Shape    one pool per horizon. A member is judged by the mean of its absolute
//          errors over some days and over less than one, both fading, and by
//          no single error more than ten times the usual one: so neither a
//          burst nor what was long ago decides. Its weight is that error to the
//          power of -6; what members say is then mixed by weight, without the
//          tenth of the weight that says the most and that which says the
//          least. A new member begins as somewhat worse than the pool.
//          The gate: once two days of forecasts are known, the mixture is held
//          against weights that change slowly and the best naive member, by
//          their errors over some days; whichever has been better by more than
//          5 % is published in its place.
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

// No forecast is above the largest value of the past by more than this.
inline constexpr double kLargestGrowth = 1.2;

// A mean over the past in which older values fade.
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

// What counts of a member's errors.
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

// The ways to come from what the members say to one forecast.
enum Choice : size_t {
  kMixed,        // by weight, without the extremes
  kSlowlyMixed,  // by weights that only the errors over days make
  kBestNaive,
  kChoices
};

struct PoolAnswer {
  std::array<double, kChoices> choices{};
  size_t choice = kMixed;
  double published = 0;     // choices[choice]
  double without_lstm = 0;  // the same without the networks
  // Iff no model takes part in what is published.
  bool gated = false;
};

class Pool {
 public:
  // `day_bins` sets how fast errors fade and when the gate may close.
  Pool(size_t day_bins, size_t steps);

  // Bounds what the members say to 0 … 1.2 × `largest`, and mixes it.
  PoolAnswer Answer(MemberForecasts* forecasts, double largest) const;

  // What had been said, once it is known how it came.
  void Credit(const MemberForecasts& said, const PoolAnswer& answer,
              double actual);

  // Fractions that sum up to 1.
  std::array<double, kMembers> Weights(const MemberForecasts& forecasts) const;
  // Mean absolute errors, recent ones foremost.
  double MemberError(size_t member) const { return errors_[member].mean(); }
  double PublishedError() const { return published_error_.mean(); }
  // 1 - error / that of the best naive member; 0 while nothing is known.
  double Skill() const;
  uint64_t credited() const noexcept { return credited_; }

  void Write(StateWriter* out) const;
  void Read(StateReader* in);

 private:
  using Ratings = std::array<double, kMembers>;
  // The error by which each member is judged; infinite where it does not count.
  Ratings Rate(const MemberForecasts& forecasts, bool slowly) const;
  size_t Choose() const;

  // Constant after construction
  double slow_fading_;
  double fast_fading_;
  uint64_t credits_for_gate_;

  std::array<FadingMean, kMembers> errors_;
  std::array<Judgement, kMembers> judged_;
  std::array<Judgement, kChoices> judged_choices_;
  FadingMean usual_;  // the pool's error, likewise cut
  FadingMean published_error_;
  uint64_t credited_ = 0;
};

}  // namespace ntm::forecast
