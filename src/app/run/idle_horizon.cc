#include "idle_horizon.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <cstdlib>

namespace ntm {

using std::chrono::nanoseconds;

std::optional<int64_t> IdleHorizon::At(int64_t wall_ns, nanoseconds elapsed,
                                       nanoseconds idle_timeout) {
  const nanoseconds jump = nanoseconds(wall_ns - last_wall_ns_) - elapsed;
  last_wall_ns_ = wall_ns;
  hold_ -= std::min(hold_, elapsed);
  if (jump > kLeastJump || jump < -kLeastJump) {
    const auto seconds = std::chrono::round<std::chrono::seconds>(jump).count();
    spdlog::warn(
        "the clock jumped {} s {}, or the machine was suspended: no idle "
        "series is removed for the next {} s",
        std::abs(seconds), seconds < 0 ? "back" : "ahead",
        std::chrono::duration_cast<std::chrono::seconds>(idle_timeout).count());
    hold_ = idle_timeout;
  }
  if (hold_.count() > 0) return std::nullopt;
  return wall_ns - idle_timeout.count();
}

}  // namespace ntm
