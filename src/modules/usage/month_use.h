// The traffic to local hosts (receive) and from them (transmit) in one billing
// month.
//
// Units    bytes, bytes per second, seconds since the epoch.
// Shape    slots of five minutes, which may arrive in parts and in any order,
//          as after a restart or a clock change. Their bytes are summed up, and
//          their means are kept for the 95th percentile (nearest rank): the
//          mean that 95 % of the slots do not exceed. A slot that was not
//          observed has no mean.
// Threads  values.
// Source   SiteReport of the interfaces module. The percentile as transit is
//          usually billed: of five-minute means, per direction, then the larger
//          of both.
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
  // Includes traffic while ntm was not running, as far as the counters show it.
  uint64_t receive_bytes = 0;
  uint64_t transmit_bytes = 0;
  double watched_seconds = 0;
  double receive_bytes_per_second = 0;  // while observed
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

  // nullopt without any mean.
  std::optional<Percentiles> Percentile95() const;

  // The total at the end of the month at the mean rate since its first slot;
  // nullopt in the first hour of data.
  std::optional<double> ExpectedBytes(int64_t now_s) const;

 private:
  Span month_;
  uint64_t receive_bytes_ = 0;
  uint64_t transmit_bytes_ = 0;
  std::optional<int64_t> first_slot_s_;
  struct Mean {
    float watched_seconds = 0;  // 0: no mean
    float receive_bytes_per_second = 0;
    float transmit_bytes_per_second = 0;
  };
  std::vector<Mean> means_;  // by the slot's number in the month
};

}  // namespace ntm::usage
