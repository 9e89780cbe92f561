// Turns readings of a counter into bins of equal length.
//
// Units    bytes, ns since the epoch; a bin's value is bytes per second.
// Shape    the increase between two readings is spread evenly over the time
//          between them. A bin of which less than half was observed is a gap;
//          so is every bin skipped by a pause of more than a bin and a minute.
// Threads  not synchronised.
// Errors   none: after a counter reset, or if time does not advance, it starts
//          again from the new reading.
#pragma once

#include <cstdint>
#include <optional>

#include "ntm/base/unix_time.h"

namespace ntm::forecast {

struct ClosedBin {
  int64_t slot = 0;
  double bytes_per_second = 0;  // NaN: a gap
};

class BinMeter {
 public:
  explicit BinMeter(int64_t bin_seconds)
      : bin_ns_(bin_seconds * kNsPerSecond) {}

  // Calls `closed(ClosedBin)` for each bin that this reading completes. After a
  // gap longer than `longest_gap` bins only the bin that was open is reported.
  template <typename Closed>
  void Read(int64_t time_ns, uint64_t counter, int64_t longest_gap,
            Closed closed);

 private:
  ClosedBin Close();
  void Reset(int64_t time_ns, uint64_t counter);

  int64_t bin_ns_;
  bool started_ = false;
  int64_t time_ns_ = 0;
  uint64_t counter_ = 0;
  int64_t slot_ = 0;
  double bytes_ = 0;
  int64_t watched_ns_ = 0;
};

template <typename Closed>
void BinMeter::Read(int64_t time_ns, uint64_t counter, int64_t longest_gap,
                    Closed closed) {
  if (!started_ || time_ns <= time_ns_ || counter < counter_) {
    // Within the same bin the bytes so far are kept. If time went back to an
    // earlier bin, that bin is reported again, and the caller ignores it.
    if (started_ && time_ns / bin_ns_ == slot_) {
      time_ns_ = time_ns;
      counter_ = counter;
      return;
    }
    return Reset(time_ns, counter);
  }
  const double rate = static_cast<double>(counter - counter_) /
                      static_cast<double>(time_ns - time_ns_);
  const int64_t last = time_ns / bin_ns_;
  // A rate over a pause does not describe the bins in it.
  const bool is_pause = time_ns - time_ns_ > bin_ns_ + 60'000'000'000;
  if (last - slot_ > longest_gap) {
    closed(Close());
    return Reset(time_ns, counter);
  }
  while (slot_ < last) {
    const int64_t end_ns = (slot_ + 1) * bin_ns_;
    if (!is_pause) {
      bytes_ += rate * static_cast<double>(end_ns - time_ns_);
      watched_ns_ += end_ns - time_ns_;
    }
    closed(Close());
    ++slot_;
    time_ns_ = end_ns;
  }
  if (!is_pause) {
    bytes_ += rate * static_cast<double>(time_ns - time_ns_);
    watched_ns_ += time_ns - time_ns_;
  }
  time_ns_ = time_ns;
  counter_ = counter;
}

}  // namespace ntm::forecast
