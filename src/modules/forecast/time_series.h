// What a series was: its bins one after the other, each with its slot of UTC.
//
// Units    bytes per second in a bin; slots are bins since the epoch.
// Shape    a gap is a bin of its own: never squeezed out, so that the same time
//          of another day is always a fixed number of bins away. For models
//          that need a number everywhere a gap is filled with what the same
//          time of the day before had, else with the last value: from the past
//          only, so that no forecast can see what comes after it.
//          Holds `capacity` bins at least; what is older goes, a day at a time.
// Threads  not synchronised; copies are independent.
// Errors   none: what is no finite number, or negative, is a gap.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <utility>
#include <vector>

namespace ntm::forecast {

class StateReader;
class StateWriter;

// What of the future is forecast: its value `steps` ahead, or the mean over all
// bins up to there.
enum class Target : uint8_t { kPoint, kMean };

class TimeSeries {
 public:
  // REQUIRES: day_bins >= 1.
  TimeSeries(size_t day_bins, size_t capacity);

  // Slots must not be skipped: a gap is appended as NaN. The first call after
  // construction may be any slot.
  void Begin(int64_t slot) { first_ = slot; }
  void Append(double bytes_per_second);

  int64_t begin() const noexcept { return first_; }
  int64_t end() const noexcept {
    return first_ + static_cast<int64_t>(filled_.size());
  }
  // The oldest slot that counts for training: the same however often the
  // memory was trimmed.
  int64_t horizon_begin() const noexcept;
  bool empty() const noexcept { return filled_.empty(); }
  size_t day_bins() const noexcept { return day_bins_; }
  size_t capacity() const noexcept { return capacity_; }
  size_t known_bins() const noexcept { return known_; }  // ever; gaps are none

  // REQUIRES: begin() <= slot < end().
  bool is_gap(int64_t slot) const noexcept { return gap_[At(slot)] != 0; }
  double filled(int64_t slot) const noexcept { return filled_[At(slot)]; }
  // log(filled + offset).
  float z(int64_t slot) const noexcept { return z_[At(slot)]; }
  // The mean of z over first … last, both included; exact sums, so that it
  // depends on nothing else. REQUIRES: begin() <= first <= last < end().
  double MeanZ(int64_t first, int64_t last) const noexcept {
    const int64_t sum = sums_[At(last) + 1] - sums_[At(first)];
    return static_cast<double>(sum) / kFixedPoint /
           static_cast<double>(last - first + 1);
  }

  // What the target at `slot` turned out to be: NaN where that bin, or half of
  // the bins, is a gap. REQUIRES: begin() <= slot, slot + steps < end().
  double Actual(int64_t slot, size_t steps, Target target) const;
  // The largest bin of the same stretch; NaN where all are gaps.
  double Peak(int64_t slot, size_t steps) const;
  // The largest of the last `capacity` bins.
  double Largest() const noexcept;

  // Small against the traffic: 1 % of the mean. It keeps the logarithm of an
  // idle bin finite, and what is below it alike.
  double offset() const noexcept { return offset_; }
  // The offset for what is now in the ring: the present one, unless the mean
  // has moved far away.
  double SuitableOffset() const;
  void SetOffset(double offset);

  void Write(StateWriter* out) const;
  void Read(StateReader* in);

 private:
  static constexpr double kFixedPoint = 1 << 30;

  void AppendZ(double value);
  size_t At(int64_t slot) const noexcept {
    return static_cast<size_t>(slot - first_);
  }
  double FillFor(int64_t slot) const noexcept;
  void Trim();

  size_t day_bins_;
  size_t capacity_;
  int64_t first_ = 0;
  double offset_ = 1;
  size_t known_ = 0;
  std::vector<float> filled_;
  std::vector<float> z_;
  std::vector<int64_t> sums_ = {0};  // of z before each bin, times kFixedPoint
  std::vector<uint8_t> gap_;
  // Falling values, rising slots: the front is the largest.
  std::deque<std::pair<int64_t, float>> largest_;
};

}  // namespace ntm::forecast
