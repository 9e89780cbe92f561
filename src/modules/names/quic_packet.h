// Finds the packets with long headers in a QUIC datagram, and the CRYPTO frames
// in the content of an Initial packet.
//
// Shape    versions 1 and 2, whose long headers differ in the numbers of their
//          types only. A datagram may have several packets (§12.2); packets
//          with short headers end it, as they have no length. The fixed bit is
//          not looked at, as many servers set it at random.
// Units    bytes.
// Threads  pure functions. Spans point into what was given.
// Errors   none thrown; whatever the bytes are, nothing beyond them is read.
// Source   RFC 9000 §12.2, 16, 17.2, 19; RFC 9369 §3; RFC 9287.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace ntm::names {

using Span = std::span<const uint8_t>;

enum class QuicVersion : uint32_t { k1 = 1, k2 = 0x6b3343cf };

enum class QuicType : uint8_t { kInitial, kZeroRtt, kHandshake, kRetry };

struct QuicPacket {
  QuicVersion version = QuicVersion::k1;
  QuicType type = QuicType::kInitial;
  Span destination_id;
  Span source_id;
  Span bytes;  // the whole packet, from its first byte on
  // Of the packet number in `bytes`, which ends with its payload; 0 for Retry,
  // which has none.
  size_t number_offset = 0;
};

// The packet with which the bytes begin; nullopt if that is none of these
// versions, or not complete.
std::optional<QuicPacket> ReadQuicPacket(Span datagram) noexcept;

struct CryptoFrame {
  uint64_t offset = 0;
  Span data;
};

// Goes through the frames of the decrypted content of an Initial packet.
class QuicFrames {
 public:
  explicit QuicFrames(Span content) noexcept : content_(content) {}

  // The next CRYPTO frame; nullopt at the end, or at what is no frame of an
  // Initial packet.
  std::optional<CryptoFrame> NextCrypto() noexcept;

 private:
  std::optional<uint64_t> Number() noexcept;
  bool Skip(uint64_t count) noexcept;
  bool SkipAcknowledgement(bool has_ecn) noexcept;

  Span content_;
  size_t at_ = 0;
};

}  // namespace ntm::names
