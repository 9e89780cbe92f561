// What one capture has brought of each class, direction and code point.
//
// Units    bytes are Packet::bytes; counters since start.
// Shape    dense: a packet adds to one of each, found by index. The sum over
//          all classes and directions is what the capture counted, evicted
//          flows included.
// Threads  a value.
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
  // By code point; the last one is what is no IP.
  std::array<uint64_t, kDscpCount + 1> dscp_bytes{};

  void Add(const Packet& packet, ClassId id, Direction direction) noexcept {
    Count& count = classes[id][static_cast<size_t>(direction)];
    count.bytes += packet.bytes;
    ++count.packets;
    dscp_bytes[packet.is_ip ? packet.dscp : kDscpCount] += packet.bytes;
  }

  // Of a class in all directions.
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
