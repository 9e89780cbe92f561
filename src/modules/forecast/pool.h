// Combines the members' forecasts, weighted by their recent errors.
//
// Units    bytes per second.
// Shape    one pool per horizon. A member's error is the geometric mean of two
//          exponentially weighted means of its absolute errors, one over
//          several days and one over less than a day; a single error counts at
//          most ten times the usual one, so that neither a burst nor the
//          distant past decides. The weight is the error to the power of -5.
//          The forecast is the trimmed weighted mean: a quarter of the weight
//          is cut off at each end. A new member starts with an error above that
//          of the pool. Once two days of forecasts can be compared, the
//          combination competes with slowly changing weights and with the best
//          naive member, by their errors over several days; one that is better
//          by more than 5 % is chosen instead. All this is done twice, with the
//          networks and without them: the pool without them is the one that
//          there would be if they did not exist. LstmGate decides which of both
//          is published.
// Threads  not synchronised.
// Errors   none: a member that is NaN does not count.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "fading_mean.h"
#include "lstm_gate.h"
#include "models.h"

namespace ntm::forecast {

// The first version of Forecaster::Save() that has the gate.
inline constexpr uint32_t kStateWithGate = 3;

// A forecast is at most this factor times the largest value of the past.
inline constexpr double kLargestGrowth = 1.2;

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

// What one pool, with the networks or without, made of a bin's forecasts.
struct Combined {
  std::array<double, kChoices> choices{};
  size_t choice = kMixed;

  double chosen() const noexcept { return choices[choice]; }
  void Write(StateWriter* out) const;
  void Read(StateReader* in);
};

struct PoolAnswer {
  Combined without_lstm;
  Combined with_lstm;       // the same if no network has a forecast
  bool has_lstm = false;    // a network has a forecast
  bool takes_lstm = false;  // `with_lstm` is published

  const Combined& combined() const noexcept {
    return takes_lstm ? with_lstm : without_lstm;
  }
  double published() const noexcept { return combined().chosen(); }
  // True iff the published forecast is a naive one.
  bool gated() const noexcept { return combined().choice == kBestNaive; }
  void Write(StateWriter* out) const;
  void Read(StateReader* in, uint32_t version);
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

  // Weights that sum up to 1; those of the networks are 0 while the gate is
  // closed.
  std::array<double, kMembers> Weights(const MemberForecasts& forecasts) const;
  // Mean absolute errors, with more weight on recent ones.
  double MemberError(size_t member) const { return errors_[member].mean(); }
  double PublishedError() const { return published_error_.mean(); }
  // 1 - error / error of the best naive member; 0 while nothing is known.
  double Skill() const;
  uint64_t credited() const noexcept { return credited_; }
  const LstmGate& lstm_gate() const noexcept { return lstm_gate_; }

  void Write(StateWriter* out) const;
  // Before kStateWithGate there was one record, and no gate.
  void Read(StateReader* in, uint32_t version);

 private:
  using Ratings = std::array<double, kMembers>;
  using Record = std::array<Judgement, kChoices>;
  // The error of each member; infinite if the member does not count.
  Ratings Rate(const MemberForecasts& forecasts, bool slowly,
               bool with_lstm) const;
  Combined Combine(const MemberForecasts& forecasts, bool with_lstm) const;
  size_t Choose(const Record& record) const;

  // Constant after construction
  double slow_fading_;
  double fast_fading_;
  uint64_t credits_for_gate_;

  std::array<FadingMean, kMembers> errors_;
  std::array<Judgement, kMembers> judged_;
  Record judged_without_lstm_;
  Record judged_with_lstm_;
  LstmGate lstm_gate_;
  FadingMean usual_;  // the error without networks, limited in the same way
  FadingMean published_error_;
  uint64_t credited_ = 0;
};

}  // namespace ntm::forecast
