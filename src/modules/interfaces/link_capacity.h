// What a link can carry in one direction.
//
// Units    bits per second; bytes per second where it is told.
// Shape    --max-bandwidth, else the speed of a link that is hardware, else of
//          the fastest that is up of its ports that are (a bridge's, a bond's):
//          what a virtual link says of its speed is made up. Else nobody knows,
//          and it is told as kDefaultBitsPerSecond.
// Threads  pure functions.
#pragma once

#include <cstdint>
#include <vector>

#include "link_reading.h"

namespace ntm::interfaces {

inline constexpr uint64_t kDefaultBitsPerSecond = 1'000'000'000;

// 0: unknown. `max_bits_per_second` is --max-bandwidth's; 0: not given.
uint64_t CapacityOf(const LinkReading& link,
                    const std::vector<LinkReading>& links,
                    uint64_t max_bits_per_second);

void SetCapacity(uint64_t bits_per_second, double* max_bytes_per_second,
                 bool* max_is_assumed);

}  // namespace ntm::interfaces
