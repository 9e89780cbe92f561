// MACsec, MPLS and NSH: between an Ethertype and a packet, but without a type
// field at a fixed place.
#include "decode_link.h"

namespace ntm {
namespace {

constexpr int kMaxLabels = 64;

}  // namespace

DecodeStatus LinkWalk::Macsec() noexcept {
  constexpr unsigned kSci = 0x20;
  constexpr unsigned kEncryptedOrChanged = 0x0c;
  constexpr size_t kIcvBytes = 16;        // of the default cipher suites
  constexpr size_t kLeastBytes = 2 + 20;  // an Ethertype and an IPv4 header
  if (!Has(6)) return DecodeStatus::kTruncatedLink;
  const unsigned tci = bytes_.U8(offset_);
  if ((tci & kEncryptedOrChanged) != 0) return NonIp(kProtocolMacsec);
  const size_t header_bytes = (tci & kSci) != 0 ? 14 : 6;
  if (!Has(header_bytes + 2)) return DecodeStatus::kTruncatedLink;
  // Short Length: the bytes between this tag and the ICV, if fewer than 48. It
  // is ignored if an IP header does not fit into it.
  const size_t short_bytes = bytes_.U8(offset_ + 1) & 0x3fU;
  offset_ += header_bytes;
  const size_t after_bytes = WireRest();
  if (short_bytes >= kLeastBytes && short_bytes <= after_bytes) {
    trailer_bytes_ += after_bytes - short_bytes;
  } else if (after_bytes >= kLeastBytes + kIcvBytes) {
    trailer_bytes_ += kIcvBytes;
  }
  offset_ += 2;
  return TypeOrLength(bytes_.U16(offset_ - 2));
}

// No label says what the payload is. The first nibble after the bottom label
// does, as in the heuristic that routers use for load balancing (RFC 4928).
DecodeStatus LinkWalk::Mpls() noexcept {
  constexpr uint32_t kBottomOfStack = 0x100;
  size_t payload = offset_;
  for (int i = 0; i < kMaxLabels; ++i) {
    if (!bytes_.Has(payload, 4)) return DecodeStatus::kTruncatedLink;
    payload += 4;
    if ((bytes_.U32(payload - 4) & kBottomOfStack) == 0) continue;
    if (!bytes_.Has(payload, 1)) return DecodeStatus::kTruncatedLink;
    const unsigned first = bytes_.U8(payload);
    if (first >> 4U == 4 && (first & 0xfU) >= 5) {
      offset_ = payload;
      return Ipv4();
    }
    if (first >> 4U == 6) {
      offset_ = payload;
      return Ipv6();
    }
    break;
  }
  return NonIp(kProtocolMpls);
}

DecodeStatus LinkWalk::Nsh() noexcept {
  constexpr unsigned kFixedMetadata = 1;  // MD type 1: always six words
  if (!Has(8)) return DecodeStatus::kTruncatedLink;
  const size_t words = (bytes_.U8(offset_ + 2) & 0xfU) == kFixedMetadata
                           ? 6
                           : bytes_.U8(offset_ + 1) & 0x3fU;
  const size_t header_bytes = words * 4;
  if (header_bytes < 8) return NonIp(kProtocolNsh);
  if (!Has(header_bytes)) return DecodeStatus::kTruncatedLink;
  const uint8_t next = bytes_.U8(offset_ + 3);
  const size_t header = offset_;
  offset_ += header_bytes;
  switch (next) {
    case 1:
      return Ipv4();
    case 2:
      return Ipv6();
    case 3:
      return Ethernet();
    case 4:
      return Type(kProtocolNsh);
    case 5:
      return Type(kProtocolMpls);
    default:
      offset_ = header;
      return NonIp(kProtocolNsh);
  }
}

}  // namespace ntm
