// Which flows are idle, although the wall clock may be set while it runs.
//
// Flows carry the wall clock's time of their last packet. After a jump that
// says nothing until they had as long again to be seen: until then nothing is
// ended for idleness.
//
// Units    ns since the epoch, by the wall clock.
// Threads  main thread only.
// Errors   none; a jump is logged.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace ntm {

class IdleHorizon {
 public:
  // A difference that a slow tick cannot make.
  static constexpr std::chrono::nanoseconds kLeastJump =
      std::chrono::seconds(60);

  // When the first `elapsed` begins. Before the first At().
  void Begin(int64_t wall_ns) { last_wall_ns_ = wall_ns; }

  // Once per tick, `elapsed` after the last one by the steady clock: a flow
  // last seen before what it returns is idle. Nothing: of none is that known.
  // REQUIRES: idle_timeout > 0.
  std::optional<int64_t> At(int64_t wall_ns, std::chrono::nanoseconds elapsed,
                            std::chrono::nanoseconds idle_timeout);

 private:
  int64_t last_wall_ns_ = 0;
  std::chrono::nanoseconds hold_{0};  // still to pass after a jump
};

}  // namespace ntm
