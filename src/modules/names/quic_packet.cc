#include "quic_packet.h"

#include <array>

#include "ntm/base/byte_reader.h"

namespace ntm::names {
namespace {

constexpr uint8_t kLongHeader = 0x80;
constexpr size_t kMaxIdBytes = 20;

// By the two bits of the first byte.
constexpr std::array<QuicType, 4> kTypesOf1 = {
    QuicType::kInitial, QuicType::kZeroRtt, QuicType::kHandshake,
    QuicType::kRetry};
constexpr std::array<QuicType, 4> kTypesOf2 = {
    QuicType::kRetry, QuicType::kInitial, QuicType::kZeroRtt,
    QuicType::kHandshake};

// The variable-length integer at `at`, which is moved behind it.
std::optional<uint64_t> ReadVariable(const ByteReader& bytes,
                                     size_t* at) noexcept {
  if (!bytes.Has(*at, 1)) return std::nullopt;
  const uint8_t first = bytes.U8(*at);
  const size_t length = size_t{1} << (first >> 6);
  if (!bytes.Has(*at, length)) return std::nullopt;
  uint64_t value = first & 0x3f;
  for (size_t i = 1; i < length; ++i) value = value << 8 | bytes.U8(*at + i);
  *at += length;
  return value;
}

// The connection id at `at`, after its length.
std::optional<Span> ReadId(const ByteReader& bytes, size_t* at) noexcept {
  if (!bytes.Has(*at, 1)) return std::nullopt;
  const size_t length = bytes.U8(*at);
  if (length > kMaxIdBytes || !bytes.Has(*at + 1, length)) return std::nullopt;
  const Span id(bytes.data() + *at + 1, length);
  *at += 1 + length;
  return id;
}

}  // namespace

std::optional<QuicPacket> ReadQuicPacket(Span datagram) noexcept {
  const ByteReader bytes(datagram.data(), datagram.size());
  if (!bytes.Has(0, 5) || (bytes.U8(0) & kLongHeader) == 0) {
    return std::nullopt;
  }
  QuicPacket packet;
  packet.version = static_cast<QuicVersion>(bytes.U32(1));
  const size_t type = bytes.U8(0) >> 4 & 3U;
  if (packet.version == QuicVersion::k1) {
    packet.type = kTypesOf1[type];
  } else if (packet.version == QuicVersion::k2) {
    packet.type = kTypesOf2[type];
  } else {
    return std::nullopt;
  }
  size_t at = 5;
  const auto destination_id = ReadId(bytes, &at);
  if (!destination_id) return std::nullopt;
  const auto source_id = ReadId(bytes, &at);
  if (!source_id) return std::nullopt;
  packet.destination_id = *destination_id;
  packet.source_id = *source_id;
  if (packet.type == QuicType::kRetry) {
    packet.bytes = datagram;
    return packet;
  }
  if (packet.type == QuicType::kInitial) {
    const auto token_bytes = ReadVariable(bytes, &at);
    if (!token_bytes || *token_bytes > bytes.size() - at) return std::nullopt;
    at += static_cast<size_t>(*token_bytes);
  }
  const auto length = ReadVariable(bytes, &at);
  if (!length || *length > bytes.size() - at) return std::nullopt;
  packet.number_offset = at;
  packet.bytes = datagram.first(at + static_cast<size_t>(*length));
  return packet;
}

std::optional<uint64_t> QuicFrames::Number() noexcept {
  return ReadVariable(ByteReader(content_.data(), content_.size()), &at_);
}

bool QuicFrames::Skip(uint64_t count) noexcept {
  if (count > content_.size() - at_) return false;
  at_ += static_cast<size_t>(count);
  return true;
}

bool QuicFrames::SkipAcknowledgement(bool has_ecn) noexcept {
  if (!Number() || !Number()) return false;  // the largest, the delay
  const auto ranges = Number();
  if (!ranges || *ranges > content_.size()) return false;
  const uint64_t numbers = 1 + 2 * *ranges + (has_ecn ? 3 : 0);
  for (uint64_t i = 0; i < numbers; ++i) {
    if (!Number()) return false;
  }
  return true;
}

std::optional<CryptoFrame> QuicFrames::NextCrypto() noexcept {
  constexpr uint64_t kPadding = 0;
  constexpr uint64_t kPing = 1;
  constexpr uint64_t kAck = 2;
  constexpr uint64_t kAckWithEcn = 3;
  constexpr uint64_t kCrypto = 6;
  while (const auto type = Number()) {
    if (*type == kPadding || *type == kPing) continue;
    if (*type == kAck || *type == kAckWithEcn) {
      if (!SkipAcknowledgement(*type == kAckWithEcn)) break;
      continue;
    }
    if (*type != kCrypto) break;
    const auto offset = Number();
    const auto length = Number();
    const size_t begin = at_;
    if (!offset || !length || !Skip(*length)) break;
    return CryptoFrame{*offset,
                       content_.subspan(begin, static_cast<size_t>(*length))};
  }
  at_ = content_.size();
  return std::nullopt;
}

}  // namespace ntm::names
