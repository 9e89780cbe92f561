// The kernel's counters of one link, and their increase over wraps and resets.
//
// Units    bytes, packets.
// Threads  pure functions on values.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace ntm::interfaces {

// Receive is even, transmit odd.
enum Counter : uint8_t {
  kReceiveBytes,
  kTransmitBytes,
  kReceivePackets,
  kTransmitPackets,
  kReceiveErrors,
  kTransmitErrors,
  kReceiveDropped,  // including packets missed by the hardware
  kTransmitDropped,
};
inline constexpr size_t kCounterCount = 8;

using LinkCounters = std::array<uint64_t, kCounterCount>;

// The increase of each counter, never negative. A lower counter has wrapped at
// 32 bits if it was below 2^32, the increase across the wrap is below 2^31, and
// the link's packets (or bytes) did not decrease as well; else it was reset,
// and its whole value is the increase.
LinkCounters Growth(const LinkCounters& before, const LinkCounters& now);

void Add(const LinkCounters& growth, LinkCounters* sum);

}  // namespace ntm::interfaces
