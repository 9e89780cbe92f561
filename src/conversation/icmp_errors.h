// Counts the ICMP messages that say why a packet could not be delivered.
//
// Errors   noexcept; a message that is cut off before its code is not counted.
// Threads  pure but for `counts`.
// Source   RFC 792, 1122 section 3.2.2.1, 1812 section 5.2.7.1 (ICMP); RFC 4443
//          section 3 (ICMPv6).
#pragma once

#include "ntm/conversation/wire_health.h"
#include "ntm/decode/packet.h"
#include "ntm/net/local_networks.h"

namespace ntm {

// REQUIRES: an ICMP or ICMPv6 packet.
void CountIcmpError(const Frame& frame, const Packet& packet,
                    Direction direction, IcmpCounts* counts) noexcept;

}  // namespace ntm
