// Unix time: since 1970, UTC, without leap seconds.
//
// Units    *_ns: nanoseconds; *_s: whole seconds.
// Threads  any.
#pragma once

#include <chrono>
#include <cstdint>

namespace ntm {

inline constexpr int64_t kNsPerSecond = 1'000'000'000;
inline constexpr int64_t kDaySeconds = 86'400;

inline constexpr double SecondsOf(int64_t ns) {
  return static_cast<double>(ns) / static_cast<double>(kNsPerSecond);
}

// The system clock's time; it can jump back when the clock is set.
inline int64_t WallTimeNs() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

}  // namespace ntm
