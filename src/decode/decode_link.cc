#include "decode_link.h"

#include <pcap/dlt.h>

#include <algorithm>

#include "ntm/decode/decode_ip.h"

namespace ntm {
namespace {

constexpr int kMaxLayers = 16;
constexpr int kMaxLabels = 64;
constexpr uint16_t kMaxLength = 1500;  // IEEE 802.3: a larger value is a type

enum Ethertype : uint16_t {
  kIpv4Type = 0x0800,
  kIpv6Type = 0x86dd,
  kVlan = 0x8100,
  kVlan9100 = 0x9100,
  kVlan9200 = 0x9200,
  kVlan9300 = 0x9300,
  kProviderVlan = 0x88a8,
  kTransparentBridging = 0x6558,
  kSlarpType = 0x8035,
  kMplsMulticast = 0x8848,
  kPppoeSession = 0x8864,
  kPppOverEthernet = 0x880b,
  kCiscoMetadata = 0x8909,
  kVnTag = 0x8926,
  kEtag = 0x893f,
  kBackboneService = 0x88e7,
  kRedundancyTag = 0xf1c1,
  kArista = 0xd28b,
};

bool IsVlan(uint16_t type) noexcept {
  return type == kVlan || type == kProviderVlan || type == kVlan9100 ||
         type == kVlan9200 || type == kVlan9300;
}

}  // namespace

LinkWalk::LinkWalk(const Frame& frame, Packet* packet) noexcept
    : bytes_(frame.data, frame.captured_bytes),
      wire_bytes_(std::max(frame.captured_bytes, frame.wire_bytes)),
      packet_(packet) {}

DecodeStatus LinkWalk::Start(int link_type) noexcept {
  switch (link_type) {
    case DLT_EN10MB:
      return Ethernet();
    case DLT_LINUX_SLL:
      return CookedV1();
    case DLT_LINUX_SLL2:
      return CookedV2();
    case DLT_RAW:
      return IpByNibble();
    case DLT_IPV4:
      return Ipv4();
    case DLT_IPV6:
      return Ipv6();
    case DLT_NULL:
    case DLT_LOOP:
      return Null();
    case DLT_PPP:
    case DLT_PPP_SERIAL:
      return Serial();
    case DLT_C_HDLC:
      return CiscoHdlc();
    case DLT_PPP_ETHER:
      return Pppoe();
    default:
      return DecodeStatus::kUnsupportedLinkType;
  }
}

DecodeStatus LinkWalk::Ethernet() noexcept {
  if (!Has(14)) return DecodeStatus::kTruncatedLink;
  if (!packet_->has_macs) {
    packet_->has_macs = true;
    packet_->dst_mac_offset = static_cast<uint16_t>(offset_);
    packet_->src_mac_offset = static_cast<uint16_t>(offset_ + 6);
  }
  const uint16_t type = bytes_.U16(offset_ + 12);
  offset_ += 14;
  return TypeOrLength(type);
}

DecodeStatus LinkWalk::CookedV1() noexcept {
  if (!Has(16)) return DecodeStatus::kTruncatedLink;
  if (bytes_.U16(4) == 6) cooked_mac_ = 6;
  offset_ = 16;
  return Cooked(bytes_.U16(14), bytes_.U16(2));
}

DecodeStatus LinkWalk::CookedV2() noexcept {
  if (!Has(20)) return DecodeStatus::kTruncatedLink;
  if (bytes_.U8(11) == 6) cooked_mac_ = 12;
  offset_ = 20;
  return Cooked(bytes_.U16(0), bytes_.U16(8));
}

DecodeStatus LinkWalk::Cooked(uint16_t type, uint16_t hardware) noexcept {
  constexpr uint16_t kIeee80211Radiotap = 803;
  constexpr uint16_t kNetlink = 824;
  constexpr uint16_t kNovell = 0x0001;  // IPX without an IEEE 802.2 header
  constexpr uint16_t kIeee8022 = 0x0004;
  if (hardware == kIeee80211Radiotap || hardware == kNetlink) {
    return NonIp(kProtocolUnknown);
  }
  if (type == kNovell) return NonIp(kProtocolIpx);
  if (type == kIeee8022) return Llc();
  return Type(type);
}

DecodeStatus LinkWalk::Null() noexcept {
  if (!Has(4)) return DecodeStatus::kTruncatedLink;
  uint32_t family = bytes_.U32(0);
  if (family > 0xffff) family = __builtin_bswap32(family);
  offset_ = 4;
  switch (family) {
    case 2:
      return Ipv4();
    case 10:  // Linux
    case 24:  // NetBSD, OpenBSD
    case 28:  // FreeBSD
    case 30:  // macOS
      return Ipv6();
    case 23:  // Windows; IPX elsewhere
      if (!Has(1)) return DecodeStatus::kTruncatedLink;
      return bytes_.U8(4) == 0xff ? NonIp(kProtocolIpx) : Ipv6();
    default:
      return NonIp(kProtocolUnknown);
  }
}

// PPP, or Cisco HDLC, which some routers capture with the link type of PPP.
DecodeStatus LinkWalk::Serial() noexcept {
  if (!Has(1)) return DecodeStatus::kTruncatedLink;
  const uint8_t address = bytes_.U8(0);
  return address == 0x0f || address == 0x8f ? CiscoHdlc() : Ppp();
}

DecodeStatus LinkWalk::CiscoHdlc() noexcept {
  if (Has(1) && bytes_.U8(0) == 0xff) return Ppp();
  if (!Has(4)) return DecodeStatus::kTruncatedLink;
  const uint16_t type = bytes_.U16(2);
  offset_ = 4;
  return type == kSlarpType ? NonIp(kProtocolSlarp) : Type(type);
}

DecodeStatus LinkWalk::Ppp() noexcept {
  if (!Has(1)) return DecodeStatus::kTruncatedLink;
  if (bytes_.U8(offset_) == 0xff) {  // address and control fields
    if (!Has(3)) return DecodeStatus::kTruncatedLink;
    offset_ += 2;
  }
  uint16_t protocol = bytes_.U8(offset_);
  if ((protocol & 1U) != 0) {  // compressed: RFC 1661 section 6.5
    offset_ += 1;
  } else {
    if (!Has(2)) return DecodeStatus::kTruncatedLink;
    protocol = bytes_.U16(offset_);
    offset_ += 2;
  }
  switch (protocol) {
    case 0x0021:
      return Ipv4();
    case 0x0057:
      return Ipv6();
    case 0x0281:
    case 0x0283:
      return Type(kProtocolMpls);
    default:
      return NonIp(kProtocolPpp);
  }
}

DecodeStatus LinkWalk::Pppoe() noexcept {
  if (!Has(6)) return DecodeStatus::kTruncatedLink;
  offset_ += 6;
  return Ppp();
}

DecodeStatus LinkWalk::TypeOrLength(uint16_t type) noexcept {
  return type <= kMaxLength ? Llc() : Type(type);
}

DecodeStatus LinkWalk::Llc() noexcept {
  constexpr uint16_t kRawIpx = 0xffff;  // Novell raw 802.3: a checksum, no LLC
  constexpr uint16_t kSnap = 0xaaaa;
  constexpr uint8_t kIp = 0x06;
  constexpr uint8_t kIpx = 0xe0;
  constexpr uint8_t kUnnumbered = 0x03;
  constexpr uint32_t kBridgeTunnel = 0x0000f8;
  if (!Has(3)) return DecodeStatus::kTruncatedLink;
  const uint16_t points = bytes_.U16(offset_);
  const auto destination = static_cast<uint8_t>(points >> 8U);
  const bool unnumbered = bytes_.U8(offset_ + 2) == kUnnumbered;
  if (points == kRawIpx || destination == kIpx) return NonIp(kProtocolIpx);
  if (unnumbered && destination == kIp) {
    offset_ += 3;
    return Ipv4();
  }
  if (unnumbered && points == kSnap) {
    if (!Has(8)) return DecodeStatus::kTruncatedLink;
    const uint32_t organisation = bytes_.U32(offset_ + 2) & 0xffffffU;
    const uint16_t type = bytes_.U16(offset_ + 6);
    if ((organisation != 0 && organisation != kBridgeTunnel) ||
        type < kProtocolFirstEthertype) {
      return NonIp(kProtocolSnap);
    }
    offset_ += 8;
    return Type(type);
  }
  return NonIp(static_cast<Protocol>(kProtocolLlcBase + destination));
}

DecodeStatus LinkWalk::Type(uint16_t type) noexcept {
  if (type < kProtocolFirstEthertype) return NonIp(kProtocolUnknown);
  const Protocol protocol = type == kMplsMulticast ? kProtocolMpls : type;
  if (++layers_ > kMaxLayers) return NonIp(protocol);
  switch (protocol) {
    case kIpv4Type:
      return Ipv4();
    case kIpv6Type:
      return Ipv6();
    case kVlan:
    case kProviderVlan:
    case kVlan9100:
    case kVlan9200:
    case kVlan9300:
    case kVnTag:
      return Tag(type, 4);
    case kEtag:
    case kRedundancyTag:
      return Tag(type, type == kEtag ? 8 : 6);
    case kCiscoMetadata:
      return Tag(type, 8);
    case kBackboneService:
      return Tag(type, 18);
    case kProtocolMpls:
      return Mpls();
    case kPppoeSession:
      return Pppoe();
    case kPppOverEthernet:
      return Ppp();
    case kProtocolMacsec:
      return Macsec();
    case kProtocolNsh:
      return Nsh();
    case kTransparentBridging:
      return Ethernet();
    case kArista:
      return AristaTimestamp();
    default:
      return NonIp(protocol);
  }
}

// `tag_bytes` includes the Ethertype at the tag's end.
DecodeStatus LinkWalk::Tag(uint16_t type, size_t tag_bytes) noexcept {
  if (!Has(tag_bytes)) return DecodeStatus::kTruncatedLink;
  if (IsVlan(type) && !packet_->has_vlan) {
    packet_->has_vlan = true;
    packet_->vlan = bytes_.U16(offset_) & 0xfffU;
  }
  offset_ += tag_bytes;
  return TypeOrLength(bytes_.U16(offset_ - 2));
}

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

// Arista switches insert it before the Ethertype of mirrored frames.
DecodeStatus LinkWalk::AristaTimestamp() noexcept {
  constexpr unsigned kUtc = 0x0100;  // else TAI
  constexpr unsigned kBits64 = 0x0010;
  constexpr unsigned kBits48 = 0x0020;
  if (!Has(4)) return DecodeStatus::kTruncatedLink;
  const uint16_t subtype = bytes_.U16(offset_);
  const unsigned form = bytes_.U16(offset_ + 2) & ~kUtc;
  if (subtype != 1 || (form != kBits64 && form != kBits48)) {
    return NonIp(kArista);
  }
  return Tag(kArista, form == kBits64 ? 14 : 12);
}

DecodeStatus LinkWalk::Ipv4() noexcept {
  packet_->network_offset = static_cast<uint32_t>(offset_);
  return DecodeIpv4(Rest(), WireRest(), packet_);
}

DecodeStatus LinkWalk::Ipv6() noexcept {
  packet_->network_offset = static_cast<uint32_t>(offset_);
  return DecodeIpv6(Rest(), WireRest(), packet_);
}

DecodeStatus LinkWalk::IpByNibble() noexcept {
  return Has(1) && bytes_.U8(offset_) >> 4U == 6 ? Ipv6() : Ipv4();
}

DecodeStatus LinkWalk::NonIp(Protocol protocol) noexcept {
  packet_->protocol = protocol;
  packet_->network_offset = static_cast<uint32_t>(offset_);
  packet_->bytes = static_cast<uint32_t>(wire_bytes_ - offset_);
  if (protocol == kProtocolArp && DecodeArp(Rest(), packet_)) {
    return DecodeStatus::kOk;
  }
  if (packet_->has_macs) {
    packet_->src = Address::Mac(bytes_.data() + packet_->src_mac_offset);
    packet_->dst = Address::Mac(bytes_.data() + packet_->dst_mac_offset);
  } else if (cooked_mac_ != 0) {
    packet_->src = Address::Mac(bytes_.data() + cooked_mac_);
  }
  return DecodeStatus::kOk;
}

}  // namespace ntm
