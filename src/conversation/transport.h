// Where the transport header of a decoded packet is, and a TCP header's fields.
//
// Units    bytes; numbers in host byte order.
// Threads  pure functions.
// Errors   none: what is not whole, is a fragment or has a length that cannot
//          be true is not read.
// Source   RFC 9293 section 3.1.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
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

// The transport header's offset in the frame; 0 if it is not to be read.
inline uint32_t TransportOffset(const Packet& packet) noexcept {
  // A length of 0 stands for one that the header could not hold.
  constexpr unsigned kHarmless =
      1U << static_cast<unsigned>(Anomaly::kIpLengthZero);
  const bool is_whole =
      !packet.first_fragment && (packet.anomalies & ~kHarmless) == 0;
  return is_whole ? packet.transport_offset : 0;
}

// A TCP header as captured, from the sequence number to the window; what is
// around them is not needed.
struct RawTcp {
  static constexpr uint32_t kFirst = 4;
  static constexpr uint32_t kBytes = 12;

  std::array<uint8_t, kBytes> bytes;
  uint32_t segment_bytes = 0;  // with the header

  // Returns false if it is not to be read. REQUIRES: a TCP packet.
  bool Load(const Frame& frame, const Packet& packet) noexcept {
    const uint32_t offset = TransportOffset(packet);
    if (offset == 0 ||
        offset + uint64_t{kFirst + kBytes} > frame.captured_bytes) {
      return false;
    }
    std::memcpy(bytes.data(), frame.data + offset + kFirst, kBytes);
    segment_bytes = packet.bytes - (offset - packet.network_offset);
    return true;
  }

  // Returns false if the header's length cannot be true.
  bool Read(TcpHeader* header) const noexcept {
    constexpr uint32_t kMinHeaderBytes = 20;
    // Data offset, flags, window.
    const uint32_t word = U32(8);
    const uint32_t header_bytes = (word >> 28) * 4;
    header->seq = U32(0);
    header->ack = U32(4);
    header->flags = static_cast<uint8_t>(word >> 16 & kTcpReadFlags);
    header->window = static_cast<uint16_t>(word);
    header->payload_bytes = segment_bytes - header_bytes;
    return header_bytes >= kMinHeaderBytes && header_bytes <= segment_bytes;
  }

 private:
  // In one load; ByteReader's bytes are not put together by the compiler.
  uint32_t U32(size_t at) const noexcept {
    uint32_t word = 0;
    std::memcpy(&word, bytes.data() + at, sizeof word);
    return std::endian::native == std::endian::little ? __builtin_bswap32(word)
                                                      : word;
  }
};

}  // namespace ntm
