// Turns a captured frame into what accounting needs, from the outermost IP
// header. Every frame ends as one packet or one error, never both.
//
// Shape    link types: Ethernet, Linux cooked v1 and v2, raw IP (DLT_RAW, IPV4,
//          IPV6), null and loopback, PPP, PPP in HDLC, PPPoE, Cisco HDLC. Above
//          them: LLC/SNAP, 802.1Q, QinQ (0x88a8, 0x8100, 0x9100), PPPoE
//          session, MPLS, unencrypted MACsec, NSH; then IPv4 with options, IPv6
//          with every extension header, ARP, anything else by its Ethertype.
// Threads  pure functions.
// Errors   Decode() is noexcept, does not allocate and reads only inside the
//          captured bytes; what it cannot account for is a DecodeStatus.
// Source   IEEE 802.3, 802.1Q, 802.1AE; RFC 791 (IPv4), 8200 (IPv6), 826
//          (ARP), 1661/1662 (PPP), 2516 (PPPoE), 3032 (MPLS), 8300 (NSH),
//          2675 (jumbograms).
#pragma once

#include "ntm/packet.h"

namespace ntm {

// Fills `packet` iff the answer is kOk; else its content is unspecified.
DecodeStatus Decode(const Frame& frame, Packet* packet) noexcept;

// Returns true iff Decode() knows the link type (else every frame of it would
// be kUnsupportedLinkType).
bool IsLinkTypeSupported(int link_type) noexcept;

}  // namespace ntm
