// Finds IPv4 addresses that two hardware addresses claim within a minute.
//
// Shape    a table of fixed size of the last claim of each address; an address
//          may take the place of another one.
// Threads  not synchronised: the capture thread of its lane.
// Errors   noexcept; allocates only in the constructor.
// Source   RFC 826; RFC 5227 (address conflict detection). A probe, whose
//          sender address is 0.0.0.0, claims nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "conversation_hash.h"
#include "ntm/conversation/wire_health.h"
#include "ntm/decode/packet.h"

namespace ntm {

class ArpWatch {
 public:
  explicit ArpWatch(uint64_t seed);

  // REQUIRES: an ARP packet.
  void Add(const Frame& frame, const Packet& packet,
           uint16_t interface) noexcept;

  // Adds to `health`.
  void AddTo(WireHealth* health) const noexcept;

 private:
  struct Claim {
    uint64_t hash = 0;
    Address hardware;
    int64_t time_ns = 0;
  };

  ConversationHash hash_;
  std::vector<Claim> claims_;
  uint64_t conflicts_ = 0;
  ArpConflict last_;
};

}  // namespace ntm
