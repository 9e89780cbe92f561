// Where the transport header of a decoded packet is, and a TCP header's fields.
//
// Units    bytes; numbers in host byte order.
// Threads  pure functions.
// Errors   none: what is not whole, is a fragment or has a length that cannot
// be
//          true is not read.
// Source   RFC 9293 section 3.1.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>

#include "ntm/decode/packet.h"

namespace ntm {

enum TcpFlag : uint8_t {
  kTcpFin = 1,
  kTcpSyn = 2,
  kTcpRst = 4,
  kTcpAck = 16,
};
// PSH, URG and those of ECN say nothing here.
inline constexpr uint8_t kTcpReadFlags = kTcpFin | kTcpSyn | kTcpRst | kTcpAck;

struct TcpHeader {
  uint32_t seq = 0;
  uint32_t ack = 0;
  uint32_t payload_bytes = 0;
  uint16_t window = 0;
  uint8_t flags = 0;  // of kTcpReadFlags
};

// Sequence numbers compare modulo 2^32 (section 3.4).
inline bool IsBefore(uint32_t a, uint32_t b) noexcept {
  return static_cast<int32_t>(a - b) < 0;
}

// After an IPv6 header and its extensions; 0 if they are not all there.
uint32_t Ipv6TransportOffset(const Frame& frame, const Packet& packet) noexcept;

// The transport header's offset in the frame; 0 if it is not to be read.
inline uint32_t TransportOffset(const Frame& frame,
                                const Packet& packet) noexcept {
  // A length of 0 stands for one that the header could not hold.
  constexpr unsigned kHarmless =
      1U << static_cast<unsigned>(Anomaly::kIpLengthZero);
  if (packet.first_fragment || packet.later_fragment ||
      (packet.anomalies & ~kHarmless) != 0) {
    return 0;
  }
  if (packet.src.kind != AddressKind::kIpv4) [[unlikely]] {
    return Ipv6TransportOffset(frame, packet);
  }
  return packet.network_offset + (frame.data[packet.network_offset] & 0xfU) * 4;
}

// In one load; ByteReader's bytes are not put together by the compiler.
inline uint32_t BigEndian32(const uint8_t* data) noexcept {
  uint32_t word = 0;
  std::memcpy(&word, data, sizeof word);
  return std::endian::native == std::endian::little ? __builtin_bswap32(word)
                                                    : word;
}

// Returns false if the header is not to be read. REQUIRES: a TCP packet.
[[gnu::always_inline]] inline bool ReadTcpHeader(const Frame& frame,
                                                 const Packet& packet,
                                                 TcpHeader* header) noexcept {
  // Up to the window; checksum, urgent pointer and options are not needed.
  constexpr uint32_t kReadBytes = 16;
  constexpr uint32_t kMinHeaderBytes = 20;
  const uint32_t offset = TransportOffset(frame, packet);
  if (offset == 0 || frame.captured_bytes < kReadBytes ||
      offset > frame.captured_bytes - kReadBytes) {
    return false;
  }
  const uint8_t* tcp = frame.data + offset;
  // Data offset, flags, window.
  const uint32_t word = BigEndian32(tcp + 12);
  const uint32_t header_bytes = (word >> 28) * 4;
  const uint32_t above_bytes = offset - packet.network_offset + header_bytes;
  if (header_bytes < kMinHeaderBytes || above_bytes > packet.bytes) {
    return false;
  }
  header->seq = BigEndian32(tcp + 4);
  header->ack = BigEndian32(tcp + 8);
  header->flags = static_cast<uint8_t>(word >> 16 & kTcpReadFlags);
  header->window = static_cast<uint16_t>(word);
  header->payload_bytes = packet.bytes - above_bytes;
  return true;
}

}  // namespace ntm
