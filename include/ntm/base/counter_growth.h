// What a counter has counted between two readings.
//
// Threads  pure.
#pragma once

#include <cstdint>

namespace ntm {

// One that fell has begun anew, and counted all that it has.
inline uint64_t CounterGrowth(uint64_t before, uint64_t now) noexcept {
  return now < before ? now : now - before;
}

}  // namespace ntm
