// The recorded bins of one series, with a slot number for each.
//
// Units    bytes per second in a bin; slots are bins since the epoch.
// Shape    gaps keep their slots, so that the same time of another day is
//          always a fixed number of bins away. For models that need a number
//          everywhere, a gap is filled with the value at the same time of the
//          day before, else with the last value: only from the past, so that no
//          forecast uses later values. Holds at least `capacity` bins; older
//          ones are removed a day at a time.
// Threads  not synchronised; copies are independent.
// Errors   none: a value that is negative or not finite is a gap.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <utility>
#include <vector>

namespace ntm::forecast {

class StateReader;
class StateWriter;

// The target of a forecast: the value `steps` ahead, or the mean over all bins
// up to there.
enum class Target : uint8_t { kPoint, kMean };

class TimeSeries {
 public:
  // REQUIRES: day_bins >= 1.
  TimeSeries(size_t day_bins, size_t capacity);

  // Begin() sets the slot of the first bin. Slots must not be skipped: a gap is
  // appended as NaN.
  void Begin(int64_t slot) { first_ = slot; }
  void Append(double bytes_per_second);

  int64_t begin() const noexcept { return first_; }
  int64_t end() const noexcept {
    return first_ + static_cast<int64_t>(filled_.size());
  }
  // The oldest slot used for training; does not depend on when old bins were
  // removed.
  int64_t horizon_begin() const noexcept;
  bool empty() const noexcept { return filled_.empty(); }
  size_t day_bins() const noexcept { return day_bins_; }
  size_t capacity() const noexcept { return capacity_; }
  size_t known_bins() const noexcept {
    return known_;
  }  // since the start, without gaps

  // REQUIRES: begin() <= slot < end().
  bool is_gap(int64_t slot) const noexcept { return gap_[At(slot)] != 0; }
  double filled(int64_t slot) const noexcept { return filled_[At(slot)]; }
  // log(filled + offset).
  float z(int64_t slot) const noexcept { return z_[At(slot)]; }
  // The mean of z over first … last, both included; from exact fixed-point
  // sums. REQUIRES: begin() <= first <= last < end().
  double MeanZ(int64_t first, int64_t last) const noexcept {
    const int64_t sum = sums_[At(last) + 1] - sums_[At(first)];
    return static_cast<double>(sum) / kFixedPoint /
           static_cast<double>(last - first + 1);
  }

  // The actual value of the target at `slot`: NaN if that bin, or more than
  // half of the bins, is a gap. REQUIRES: begin() <= slot, slot + steps <
  // end().
  double Actual(int64_t slot, size_t steps, Target target) const;
  // The largest bin of the same range; NaN if all are gaps.
  double Peak(int64_t slot, size_t steps) const;
  // The largest of the last `capacity` bins.
  double Largest() const noexcept;

  // Added before the logarithm is taken: 1 % of the mean. It keeps the
  // logarithm of an idle bin finite and evens out smaller values.
  double offset() const noexcept { return offset_; }
  // The offset for the present bins: unchanged unless the mean has changed by
  // more than a factor of two.
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
  // A monotonic queue for Largest(): falling values, rising slots.
  std::deque<std::pair<int64_t, float>> largest_;
};

}  // namespace ntm::forecast
