// Turns a captured frame into what accounting needs, from the outermost IP
// header. Every frame ends as one packet or one error, never both.
//
// Shape    link types: Ethernet, Linux cooked v1 and v2, raw IP (DLT_RAW, IPV4,
//          IPV6), null and loopback, PPP, PPP in HDLC, PPPoE, Cisco HDLC (also
//          where the capture calls it PPP). Above them: LLC/SNAP, 802.1Q, QinQ
//          (0x88a8, 0x8100, 0x9100 …), PPPoE session, MPLS, unencrypted MACsec,
//          NSH, other tags that end in an Ethertype; then IPv4 with options,
//          IPv6 with every extension header, ARP, anything else by its
//          Ethertype. At most 16 tags are taken off; what is left then counts
//          as non-IP.
// Length   the IP header's own, so padding does not count; one that cannot be
//          true gives way to the wire length less the link header. Judged by
//          the wire length, never by the captured one. An IPv6 jumbogram has
//          its length in an option, and is no anomaly.
// Protocol IPv4: the protocol field. IPv6: the first next header that is no
//          extension header (mobility, HIP and shim6 if nothing follows them;
//          AH and ESP end the walk as they do in IPv4); of a later fragment,
//          what its fragment header says.
// Non-IP   bytes count from after the Ethertype (LLC: from the DSAP on; MPLS:
//          from the first label on). ARP has the addresses it asks about, if
//          they are IPv4 and whole; else, as any other, the MAC addresses, or
//          kNone where the link has none.
// Threads  pure functions.
// Errors   Decode() is noexcept, does not allocate and reads only inside the
//          captured bytes; what it cannot account for is a DecodeStatus.
// Source   IEEE 802.3, 802.1Q, 802.1AE; RFC 791 (IPv4), 8200 (IPv6), 826
//          (ARP), 1661/1662 (PPP), 2516 (PPPoE), 3032 (MPLS), 8300 (NSH),
//          2675 (jumbograms).
#pragma once

#include "ntm/decode/packet.h"

namespace ntm {

// Fills `packet` iff the answer is kOk; else its content is unspecified.
// REQUIRES: *packet is as `Packet packet;` makes it (clearing it here as well
// would cost as much as decoding).
DecodeStatus Decode(const Frame& frame, Packet* packet) noexcept;

// Returns true iff Decode() knows the link type (else every frame of it would
// be kUnsupportedLinkType).
bool IsLinkTypeSupported(int link_type) noexcept;

}  // namespace ntm
