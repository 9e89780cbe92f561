// Decodes a captured frame up to its outermost IP header, for accounting. Every
// frame becomes either one packet or one error.
//
// Shape    link types: docs/link-types.md has the list, LinkWalk::Start() too.
//          Above them: LLC/SNAP, the tags of ntm/decode/tags.h, PPPoE session,
//          MPLS, unencrypted MACsec, NSH; then IPv4 with options, IPv6 with
//          every extension header, ARP, anything else by its Ethertype. At most
//          16 tags are removed; a frame with more counts as non-IP.
// Length   the one in the IP header, so padding does not count. If that cannot
//          be true, the wire length minus the link header. Checked against the
//          wire length, never against the captured length. An IPv6 jumbogram
//          has its length in an option; that is not an anomaly. NFLOG does not
//          say how long a packet was on the wire: there the header is believed.
// Protocol IPv4: the protocol field. IPv6: the first next header that is not an
//          extension header (mobility, HIP and shim6 if nothing follows them;
//          AH and ESP end the walk as they do in IPv4). In a later fragment,
//          the fragment header's next header.
// Non-IP   bytes are counted after the Ethertype (LLC: from the DSAP; MPLS:
//          from the first label; IEEE 802.11: after its header). ARP has its
//          sender's and target's protocol addresses if they are complete IPv4
//          addresses; every other frame has its MAC addresses, or kNone if the
//          link has none.
// Threads  pure functions.
// Errors   Decode() is noexcept, does not allocate and reads only the captured
//          bytes; a frame that it cannot account for gives a DecodeStatus.
// Source   IEEE 802.3, 802.1Q, 802.1AE; RFC 791 (IPv4), 8200 (IPv6), 826
//          (ARP), 1661/1662 (PPP), 2516 (PPPoE), 3032 (MPLS), 8300 (NSH),
//          2675 (jumbograms); IEEE 802.11; tcpdump.org/linktypes.html.
#pragma once

#include "ntm/decode/packet.h"

namespace ntm {

// Fills `packet` if the result is kOk; else its content is unspecified.
// REQUIRES: *packet is default-initialised (doing that here would take as long
// as decoding).
DecodeStatus Decode(const Frame& frame, Packet* packet) noexcept;

// Returns false iff Decode() returns kUnsupportedLinkType for every frame of
// this link type.
bool IsLinkTypeSupported(int link_type) noexcept;

}  // namespace ntm
