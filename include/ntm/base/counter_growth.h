// Computes how much a counter has grown between two readings.
//
// Threads  pure.
#pragma once

#include <cstdint>

namespace ntm {

// A smaller reading means that the counter was reset: its growth is then its
// value.
inline uint64_t CounterGrowth(uint64_t before, uint64_t now) noexcept {
  return now < before ? now : now - before;
}

}  // namespace ntm
