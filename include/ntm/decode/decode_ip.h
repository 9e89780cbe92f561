// Decodes the network layer: IP headers and ARP packets.
//
// Units    `ip` holds the captured bytes from the start of the header;
//          `wire_bytes` is their number on the wire, which is never smaller.
// Errors   returns kOk, kTruncatedIp, kBadIpVersion or kBadIpHeaderLength. The
//          version is checked first, then the IHL, then the header's length.
// Source   RFC 791, 8200, 2675 (jumbograms), 826 (ARP).
#pragma once

#include "ntm/base/byte_reader.h"
#include "ntm/decode/packet.h"

namespace ntm {

// The fixed header, without extension headers.
inline constexpr size_t kIpv6HeaderBytes = 40;

// Fill all fields of `packet` that depend on the IP header; the link layer's
// fields do not change.
DecodeStatus DecodeIpv4(ByteReader ip, size_t wire_bytes,
                        Packet* packet) noexcept;
DecodeStatus DecodeIpv6(ByteReader ip, size_t wire_bytes,
                        Packet* packet) noexcept;

// If the packet has complete IPv4 addresses, sets src and dst to the sender's
// and the target's and returns true.
bool DecodeArp(ByteReader arp, Packet* packet) noexcept;

}  // namespace ntm
