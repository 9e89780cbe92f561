// Builds Ethernet frames of synthetic conversations.
//
// Shape    IPv4 or IPv6, TCP or UDP; correct checksums, zero payload; of the
//          given wire length, but never shorter than the headers.
// Threads  not synchronised.
// Source   RFC 791, 8200, 9293, 768; checksum: RFC 1071.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace ntm::bench {

inline constexpr size_t kEthernetBytes = 14;
inline constexpr size_t kMinWireBytes = 64;
inline constexpr size_t kMaxWireBytes = 1500;
inline constexpr uint8_t kTcp = 6;
inline constexpr uint8_t kUdp = 17;
inline constexpr uint8_t kTcpSyn = 0x02;
inline constexpr uint8_t kTcpPushAck = 0x18;

struct Endpoint {
  std::array<uint8_t, 16> address{};  // IPv4 uses the first four
  uint16_t port = 0;
  uint32_t sequence = 0;
};

struct Conversation {
  bool ipv6 = false;
  uint8_t protocol = kTcp;
  std::array<Endpoint, 2> ends;  // client, server
};

// Big-endian.
void Put16(uint8_t* at, size_t value);
void Put32(uint8_t* at, uint32_t value);

class FrameWriter {
 public:
  // Builds a frame from end `from_side` of the conversation to the other, and
  // returns its wire length. REQUIRES: wire_bytes <= kMaxWireBytes.
  size_t Build(const Conversation& talk, uint32_t from_side, uint8_t tcp_flags,
               size_t wire_bytes);

  // The last frame; valid until the next Build().
  const uint8_t* data() const { return frame_.data(); }

 private:
  std::array<uint8_t, kMaxWireBytes> frame_{};
};

}  // namespace ntm::bench
