// The unit and the zero of an interface's time stamps (if_tsresol,
// if_tsoffset).
#pragma once

#include <cstdint>

namespace ntm {

class TimeResolution {
 public:
  // Microseconds since the epoch, unless something else is said.
  TimeResolution() noexcept { SetUnit(6); }

  // As in the option: 10^-n s, or 2^-n s with the highest bit set.
  void SetUnit(uint8_t exponent) noexcept;
  // Seconds to be added.
  void SetOffset(int64_t seconds) noexcept;

  // ns since the epoch, rounded down; limited as in SavefileTimeNs().
  int64_t TimeNs(uint64_t units) const noexcept {
    if (units < plain_units_) {
      return static_cast<int64_t>(units * ns_per_unit_);
    }
    return SlowTimeNs(units);
  }

 private:
  void FindPlainUnits() noexcept;
  int64_t SlowTimeNs(uint64_t units) const noexcept;

  bool is_binary_ = false;
  int exponent_ = 0;
  int64_t offset_s_ = 0;
  uint64_t ns_per_unit_ = 0;  // 0: not a whole number
  uint64_t plain_units_ = 0;  // below these, ns are units times ns_per_unit_
};

}  // namespace ntm
