// What went to the local hosts (receive) and from them (transmit) in one
// billing month.
//
// Units    bytes, bytes per second, seconds since the epoch.
// Shape    slots of five minutes, which may come in parts and in any order, as
//          after a restart and where the clock was set back: their bytes are
//          summed up, their means kept for the 95th percentile, which is the
//          mean that 95 % of the slots do not exceed (the nearest rank). A slot
//          that nobody watched has none.
// Threads  values.
// Source   the interfaces module's SiteReport. The percentile as transit
//          is billed: of means over five minutes, of each direction alone, and
//          the larger of both.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "local_day.h"

namespace ntm::usage {

inline constexpr int64_t kSlotSeconds = 300;

// A slot, or a part of it.
struct Slot {
  int64_t begin_s = 0;
  // With what came while nobody watched, as far as the counters still told.
  uint64_t receive_bytes = 0;
  uint64_t transmit_bytes = 0;
  double watched_seconds = 0;
  double receive_bytes_per_second = 0;  // while it was watched
  double transmit_bytes_per_second = 0;
};

struct Percentiles {
  double receive_bytes_per_second = 0;
  double transmit_bytes_per_second = 0;

  double larger() const noexcept {
    return receive_bytes_per_second > transmit_bytes_per_second
               ? receive_bytes_per_second
               : transmit_bytes_per_second;
  }
};

class MonthUse {
 public:
  MonthUse() = default;
  explicit MonthUse(Span month) : month_(std::move(month)) {}

  // REQUIRES: within the month.
  void Add(const Slot& slot);

  const Span& month() const noexcept { return month_; }
  uint64_t receive_bytes() const noexcept { return receive_bytes_; }
  uint64_t transmit_bytes() const noexcept { return transmit_bytes_; }
  uint64_t used_bytes() const noexcept {
    return receive_bytes_ + transmit_bytes_;
  }

  // Absent without any mean.
  std::optional<Percentiles> Percentile95() const;

  // Where the month ends if it goes on as since its first slot; absent before
  // there is an hour to go by.
  std::optional<double> ExpectedBytes(int64_t now_s) const;

 private:
  Span month_;
  uint64_t receive_bytes_ = 0;
  uint64_t transmit_bytes_ = 0;
  std::optional<int64_t> first_slot_s_;
  struct Mean {
    float watched_seconds = 0;  // 0: none
    float receive_bytes_per_second = 0;
    float transmit_bytes_per_second = 0;
  };
  std::vector<Mean> means_;  // by the slot's number in the month
};

}  // namespace ntm::usage
