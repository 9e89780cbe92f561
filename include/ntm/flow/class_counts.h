// Counts the packets of one capture by traffic class, direction and DSCP.
//
// Units    bytes are Packet::bytes; counters since start.
// Shape    dense arrays: a packet adds to one entry of each, found by index.
//          The sum over all classes and directions is all that the capture
//          counted, including evicted flows.
// Threads  a value type.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "ntm/decode/packet.h"
#include "ntm/flow/traffic_class.h"
#include "ntm/net/local_networks.h"

namespace ntm {

struct ClassCounts {
  struct Count {
    uint64_t bytes = 0;
    uint64_t packets = 0;
  };

  // By ClassId, then by Direction.
  std::array<std::array<Count, kDirectionCount>, kMaxClasses> classes{};
  // By DSCP; the last one is for packets that are not IP.
  std::array<uint64_t, kDscpCount + 1> dscp_bytes{};

  void Add(const Packet& packet, ClassId id, Direction direction) noexcept {
    Count& count = classes[id][static_cast<size_t>(direction)];
    count.bytes += packet.bytes;
    ++count.packets;
    dscp_bytes[packet.is_ip ? packet.dscp : kDscpCount] += packet.bytes;
  }

  // One class in all directions.
  Count At(ClassId id) const noexcept {
    Count sum;
    for (const Count& count : classes[id]) {
      sum.bytes += count.bytes;
      sum.packets += count.packets;
    }
    return sum;
  }

  ClassCounts& operator+=(const ClassCounts& other) noexcept;
};

}  // namespace ntm
