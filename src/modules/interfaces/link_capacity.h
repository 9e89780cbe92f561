// Determines the capacity of a link in one direction.
//
// Units    bits per second; the reported capacity is in bytes per second.
// Shape    --max-bandwidth, else the speed of a hardware link, else for a
//          bridge or bond the speed of its fastest hardware port that is up:
//          the speed that a virtual link reports is made up. If unknown,
//          kDefaultBitsPerSecond is reported.
// Threads  pure functions.
#pragma once

#include <cstdint>
#include <vector>

#include "link_reading.h"

namespace ntm::interfaces {

inline constexpr uint64_t kDefaultBitsPerSecond = 1'000'000'000;

// Returns 0 if unknown. `max_bits_per_second` is --max-bandwidth; 0: not set.
uint64_t CapacityOf(const LinkReading& link,
                    const std::vector<LinkReading>& links,
                    uint64_t max_bits_per_second);

void SetCapacity(uint64_t bits_per_second, double* max_bytes_per_second,
                 bool* max_is_assumed);

}  // namespace ntm::interfaces
