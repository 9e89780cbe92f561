// Headers that were on no wire: the capturing system puts them before a frame
// or a packet.
//
// Source   tcpdump.org/linktypes.html; CACE's PPI specification 1.0.7; Linux
//          nfnetlink_log.h; OpenBSD if_pflog.h and if_enc.h.
#include <pcap/dlt.h>

#include "decode_link.h"

namespace ntm {

DecodeStatus LinkWalk::Nested(uint32_t link_type) noexcept {
  if (++layers_ > kMaxLayers) return NonIp(kProtocolUnknown);
  return Start(static_cast<int>(link_type));
}

DecodeStatus LinkWalk::Ppi() noexcept {
  constexpr uint16_t kWlanCommon = 2;
  constexpr unsigned kFcs = 1;
  constexpr unsigned kBadFcs = 4;
  if (!Has(8)) return DecodeStatus::kTruncatedLink;
  const size_t header_bytes = Le16(offset_ + 2);
  if (header_bytes < 8 || !Has(header_bytes)) {
    return DecodeStatus::kTruncatedLink;
  }
  const uint32_t link_type = Le32(offset_ + 4);
  const size_t end = offset_ + header_bytes;
  unsigned flags = 0;
  for (size_t field = offset_ + 8; field + 4 <= end;
       field += size_t{4} + Le16(field + 2)) {
    if (Le16(field) == kWlanCommon && field + 14 <= end) {
      flags = Le16(field + 12);
    }
  }
  offset_ = end;
  if (link_type == DLT_IEEE802_11) {
    return Wlan(
        {.has_fcs = (flags & kFcs) != 0, .damaged = (flags & kBadFcs) != 0});
  }
  return Nested(link_type);
}

// macOS. The header's numbers are in the order of the machine, of which there
// is one.
DecodeStatus LinkWalk::Pktap() noexcept {
  constexpr size_t kLeastBytes = 108;
  constexpr uint32_t kPacketRecord = 1;
  if (!Has(kLeastBytes)) return DecodeStatus::kTruncatedLink;
  const size_t header_bytes = Le32(offset_);
  if (header_bytes < kLeastBytes || !Has(header_bytes)) {
    return DecodeStatus::kTruncatedLink;
  }
  const uint32_t record = Le32(offset_ + 4);
  const uint32_t link_type = Le32(offset_ + 8);
  offset_ += header_bytes;
  return record == kPacketRecord ? Nested(link_type) : NonIp(kProtocolUnknown);
}

// Linux netfilter's log: attributes, of which one has the packet. Their lengths
// are in the order of the machine that captured; the types are small, so that
// the place of their zero tells which one it was.
DecodeStatus LinkWalk::Nflog() noexcept {
  constexpr uint16_t kPacketHeader = 1;
  constexpr uint16_t kPayload = 9;
  constexpr size_t kAttributeBytes = 4;  // before its value
  if (!Has(4)) return DecodeStatus::kTruncatedLink;
  const uint8_t family = bytes_.U8(offset_);
  offset_ += 4;
  const bool big_endian = Has(kAttributeBytes) && bytes_.U8(offset_ + 2) == 0;
  uint16_t ethertype = 0;
  while (Has(kAttributeBytes)) {
    const size_t bytes = big_endian ? bytes_.U16(offset_) : Le16(offset_);
    const unsigned type =
        big_endian ? bytes_.U16(offset_ + 2) : Le16(offset_ + 2);
    if (bytes < kAttributeBytes) break;
    if (type == kPayload) {
      offset_ += kAttributeBytes;
      return NflogPayload(family, ethertype, bytes - kAttributeBytes);
    }
    if (type == kPacketHeader && bytes >= 6 && Has(6)) {
      ethertype = bytes_.U16(offset_ + 4);
    }
    const size_t with_padding = (bytes + 3) / 4 * 4;
    if (!Has(with_padding)) break;
    offset_ += with_padding;
  }
  return DecodeStatus::kTruncatedLink;
}

// The log may hold only the beginning of a packet, and does not say how long it
// was: what the packet itself says of its length is believed.
DecodeStatus LinkWalk::NflogPayload(uint8_t family, uint16_t type,
                                    size_t payload_bytes) noexcept {
  constexpr uint8_t kFamilyIpv4 = 2;
  constexpr uint8_t kFamilyIpv6 = 10;
  size_t claimed_bytes = 0;
  if (family == kFamilyIpv4 && Has(4)) {
    claimed_bytes = bytes_.U16(offset_ + 2);
  } else if (family == kFamilyIpv6 && Has(6)) {
    claimed_bytes = size_t{40} + bytes_.U16(offset_ + 4);
  }
  wire_bytes_ = offset_ + std::max(payload_bytes, claimed_bytes);
  trailer_bytes_ = 0;
  switch (family) {
    case kFamilyIpv4:
      return Ipv4();
    case kFamilyIpv6:
      return Ipv6();
    default:
      return type != 0 ? Type(type) : NonIp(kProtocolUnknown);
  }
}

// The log of the BSDs' packet filter.
DecodeStatus LinkWalk::Pflog() noexcept {
  if (!Has(4)) return DecodeStatus::kTruncatedLink;
  const size_t header_bytes = (bytes_.U8(offset_) + size_t{3}) / 4 * 4;
  const uint8_t family = bytes_.U8(offset_ + 1);
  if (header_bytes < 4 || !Has(header_bytes)) {
    return DecodeStatus::kTruncatedLink;
  }
  offset_ += header_bytes;
  return Family(family);
}

// OpenBSD's packets before encryption and after decryption by IPsec.
DecodeStatus LinkWalk::Enc() noexcept {
  constexpr size_t kEncBytes = 12;
  if (!Has(kEncBytes)) return DecodeStatus::kTruncatedLink;
  const uint32_t family = bytes_.U32(offset_);
  offset_ += kEncBytes;
  return Family(family);
}

// Solaris's loopback and IP observability.
DecodeStatus LinkWalk::Ipnet() noexcept {
  constexpr size_t kIpnetBytes = 24;
  constexpr uint8_t kIpv6Family = 26;
  if (!Has(kIpnetBytes)) return DecodeStatus::kTruncatedLink;
  const uint8_t family = bytes_.U8(offset_ + 1);
  offset_ += kIpnetBytes;
  return family == kIpv6Family ? Ipv6() : Family(family);
}

// An Ethernet frame with its checksum behind a header of Hilscher's analyzer.
DecodeStatus LinkWalk::NetAnalyzer(size_t header_bytes) noexcept {
  constexpr size_t kFcsBytes = 4;
  trailer_bytes_ += kFcsBytes;
  return After(header_bytes, &LinkWalk::Ethernet);
}

}  // namespace ntm
