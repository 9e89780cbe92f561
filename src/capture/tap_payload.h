// Finds the transport header and the payload of a captured frame, for a tap.
//
// Shape    TCP and UDP over IPv4, or IPv6 without extension headers; no
//          fragments.
// Units    bytes; offsets in the frame.
// Threads  pure functions.
// Errors   nullopt for any other frame, and for one that is cut.
// Source   RFC 9293 §3.1 (TCP), 768 (UDP).
#pragma once

#include <optional>

#include "ntm/base/byte_reader.h"
#include "ntm/decode/packet.h"
#include "ntm/net/handshake_listener.h"
#include "ntm/net/udp_datagram.h"

namespace ntm {

// Sets `packet` and returns the offset of its header iff it is of `protocol`
// and has ports.
std::optional<size_t> TransportOffset(const Frame& frame, Protocol protocol,
                                      Packet* packet) noexcept;

// REQUIRES: TransportOffset() of this packet, for UDP or TCP. A datagram must
// be complete. Of a segment what was captured is given, if it has a payload;
// the link may have padded the frame, so the IP length counts.
std::optional<UdpDatagram> DatagramAt(const Frame& frame, const Packet& packet,
                                      size_t offset) noexcept;
std::optional<TcpSegment> SegmentAt(const Frame& frame, const Packet& packet,
                                    size_t offset) noexcept;

}  // namespace ntm
