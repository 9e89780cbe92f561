// The kernel's counters of one link, and how they go on when they go back.
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
  kReceiveDropped,  // with those that the hardware had no room for
  kTransmitDropped,
};
inline constexpr size_t kCounterCount = 8;

using LinkCounters = std::array<uint64_t, kCounterCount>;

// What each has grown by, never less than nothing. A counter that is lower than
// before has wrapped at 32 bits if it could (it was below 2^32, the way over
// the edge is shorter than half of that, and its link's packets, or bytes, did
// not go back as well); else it has started anew, and all it holds is new.
LinkCounters Growth(const LinkCounters& before, const LinkCounters& now);

void Add(const LinkCounters& growth, LinkCounters* sum);

}  // namespace ntm::interfaces
