// The network layer of the decoder: what an IP header and an ARP packet say.
//
// Units    `ip` holds the captured bytes from the first one of the header on;
//          `wire_bytes` is how many of them there were on the wire, which is
//          never fewer.
// Errors   answers kOk, kTruncatedIp, kBadIpVersion or kBadIpHeaderLength. The
//          version nibble is judged first, then IHL, then the header's length.
// Source   RFC 791, 8200, 2675 (jumbograms), 826 (ARP).
#pragma once

#include "ntm/base/byte_reader.h"
#include "ntm/decode/packet.h"

namespace ntm {

// The fixed header's, without extensions.
inline constexpr size_t kIpv6HeaderBytes = 40;

// Fill all that depends on the header; the link layer's fields of `packet` are
// left as they are.
DecodeStatus DecodeIpv4(ByteReader ip, size_t wire_bytes,
                        Packet* packet) noexcept;
DecodeStatus DecodeIpv6(ByteReader ip, size_t wire_bytes,
                        Packet* packet) noexcept;

// Sets src and dst to the sender's and target's protocol addresses and returns
// true iff the packet holds IPv4 addresses in full.
bool DecodeArp(ByteReader arp, Packet* packet) noexcept;

}  // namespace ntm
