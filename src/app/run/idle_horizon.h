// Computes the time before which a flow is idle, even if the system clock
// jumps.
//
// A flow stores the system clock's time of its last packet. After a jump this
// time cannot be compared with the current one, so for one idle timeout no flow
// counts as idle.
//
// Units    ns since the epoch, by the system clock.
// Threads  main thread only.
// Errors   none; a jump is logged.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace ntm {

class IdleHorizon {
 public:
  // More than the delay of a slow tick.
  static constexpr std::chrono::nanoseconds kLeastJump =
      std::chrono::seconds(60);

  // The time from which the first `elapsed` is measured. Call it before At().
  void Begin(int64_t wall_ns) { last_wall_ns_ = wall_ns; }

  // Call it once per tick; `elapsed` is the time since the last call by the
  // steady clock. A flow that was last seen before the returned time is idle;
  // nothing is returned after a jump. REQUIRES: idle_timeout > 0.
  std::optional<int64_t> At(int64_t wall_ns, std::chrono::nanoseconds elapsed,
                            std::chrono::nanoseconds idle_timeout);

 private:
  int64_t last_wall_ns_ = 0;
  std::chrono::nanoseconds hold_{0};  // remaining wait after a jump
};

}  // namespace ntm
