// A tap for whole DNS datagrams, for a DnsListener: port 53, and what hosts say
// by multicast DNS (from port 5353).
//
// Units    bytes.
// Shape    unfragmented UDP over IPv4 or IPv6 (without extension headers),
//          also with tags and PPPoE; anything else is ignored.
// Threads  see tap.h.
// Errors   none.
#pragma once

#include "ntm/capture/tap.h"
#include "ntm/net/dns_listener.h"

namespace ntm {

// Passes the frame to the listener iff it has a complete DNS datagram.
void HearDns(const Frame& frame, DnsListener* listener) noexcept;

// `listener` must outlive the plan and its tap.
TapPlan DnsTap(DnsListener* listener);

}  // namespace ntm
