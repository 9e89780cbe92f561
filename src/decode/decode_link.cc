#include "decode_link.h"

#include <pcap/dlt.h>

#include <algorithm>

#include "ntm/decode/decode_ip.h"
#include "ntm/decode/tags.h"

namespace ntm {
namespace {

constexpr uint16_t kMaxLength = 1500;  // IEEE 802.3: a larger value is a type

enum Ethertype : uint16_t {
  kIpv4Type = 0x0800,
  kIpv6Type = 0x86dd,
  kTransparentBridging = 0x6558,
  kMplsMulticast = 0x8848,
  kPppoeSession = 0x8864,
  kPppOverEthernet = 0x880b,
};

constexpr size_t kMacPairBytes = 12;
constexpr size_t kHeaderBytes = 14;  // of Ethernet

}  // namespace

LinkWalk::LinkWalk(const Frame& frame, Packet* packet) noexcept
    : bytes_(frame.data, frame.captured_bytes),
      packet_(packet),
      wire_bytes_(std::max(frame.captured_bytes, frame.wire_bytes)) {}

DecodeStatus LinkWalk::Start(int link_type) noexcept {
  switch (link_type) {
    case DLT_EN10MB:
      return Ethernet();
    case DLT_DSA_TAG_BRCM:
      return SwitchTagged(4, false);
    case DLT_DSA_TAG_BRCM_PREPEND:
      return After(4, &LinkWalk::Ethernet);
    case DLT_DSA_TAG_DSA:
      return SwitchTagged(4, true);
    case DLT_DSA_TAG_EDSA:
      return SwitchTagged(8, true);
    case DLT_NETANALYZER:
      return NetAnalyzer(4);
    case DLT_NETANALYZER_TRANSPARENT:
      return NetAnalyzer(4 + 8);  // the preamble, too
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
    case DLT_PPP_PPPD:
      return SerialWithDirection();
    case DLT_PPP_WITH_DIR:
      return After(1, &LinkWalk::Serial);
    case DLT_C_HDLC:
      return CiscoHdlc();
    case DLT_C_HDLC_WITH_DIR:
      return After(1, &LinkWalk::CiscoHdlc);
    case DLT_PPP_ETHER:
      return Pppoe();
    case DLT_MPLS:
      return Mpls();
    case DLT_ATM_RFC1483:
      return Llc();
    case DLT_IEEE802_11:
      return Wlan({});
    case DLT_IEEE802_11_RADIO:
      return Radiotap();
    case DLT_PRISM_HEADER:
      return Prism();
    case DLT_IEEE802_11_RADIO_AVS:
      return Avs();
    case DLT_PPI:
      return Ppi();
    case DLT_PKTAP:
      return Pktap();
    case DLT_NFLOG:
      return Nflog();
    case DLT_PFLOG:
      return Pflog();
    case DLT_ENC:
      return Enc();
    case DLT_IPNET:
      return Ipnet();
    default:
      return DecodeStatus::kUnsupportedLinkType;
  }
}

// The field of a packet for an offset is short; no frame has its addresses
// further back, except a forged one.
void LinkWalk::SetMacs(size_t dst_offset, size_t src_offset) noexcept {
  if (packet_->has_macs || std::max(dst_offset, src_offset) > UINT16_MAX) {
    return;
  }
  packet_->has_macs = true;
  packet_->dst_mac_offset = static_cast<uint16_t>(dst_offset);
  packet_->src_mac_offset = static_cast<uint16_t>(src_offset);
}

DecodeStatus LinkWalk::Ethernet() noexcept {
  if (!Has(kHeaderBytes)) return DecodeStatus::kTruncatedLink;
  SetMacs(offset_, offset_ + 6);
  offset_ += kHeaderBytes;
  return TypeOrLength(bytes_.U16(offset_ - 2));
}

// Ethernet as it goes to the port of a switch chip: with a tag after the
// addresses. Marvell's takes the place of the 802.1Q tag that the frame had.
DecodeStatus LinkWalk::SwitchTagged(size_t tag_bytes,
                                    bool is_marvell) noexcept {
  constexpr unsigned kWasTagged = 0x20;
  if (!Has(kHeaderBytes + tag_bytes)) return DecodeStatus::kTruncatedLink;
  SetMacs(offset_, offset_ + 6);
  offset_ += kMacPairBytes + tag_bytes;
  if (is_marvell && (bytes_.U8(offset_ - 4) & kWasTagged) != 0) {
    packet_->has_vlan = true;
    packet_->vlan = bytes_.U16(offset_ - 2) & 0xfffU;
  }
  offset_ += 2;
  return TypeOrLength(bytes_.U16(offset_ - 2));
}

DecodeStatus LinkWalk::CookedV1() noexcept {
  if (!Has(16)) return DecodeStatus::kTruncatedLink;
  const size_t header = offset_;
  if (bytes_.U16(header + 4) == 6) lone_src_mac_ = header + 6;
  offset_ += 16;
  return Cooked(bytes_.U16(header + 14), bytes_.U16(header + 2));
}

DecodeStatus LinkWalk::CookedV2() noexcept {
  if (!Has(20)) return DecodeStatus::kTruncatedLink;
  const size_t header = offset_;
  if (bytes_.U8(header + 11) == 6) lone_src_mac_ = header + 12;
  offset_ += 20;
  return Cooked(bytes_.U16(header), bytes_.U16(header + 8));
}

DecodeStatus LinkWalk::Cooked(uint16_t type, uint16_t hardware) noexcept {
  constexpr uint16_t kIeee80211Radiotap = 803;
  constexpr uint16_t kNetlink = 824;
  constexpr uint16_t kNovell = 0x0001;  // IPX without an IEEE 802.2 header
  constexpr uint16_t kIeee8022 = 0x0004;
  if (hardware == kNetlink) return NonIp(kProtocolUnknown);
  if (hardware == kIeee80211Radiotap) return Radiotap();
  if (type == kNovell) return NonIp(kProtocolIpx);
  if (type == kIeee8022) return Llc();
  return Type(type);
}

DecodeStatus LinkWalk::Null() noexcept {
  if (!Has(4)) return DecodeStatus::kTruncatedLink;
  offset_ += 4;
  return Family(bytes_.U32(offset_ - 4));
}

DecodeStatus LinkWalk::Family(uint32_t family) noexcept {
  if (family > 0xffff) family = __builtin_bswap32(family);
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
      return bytes_.U8(offset_) == 0xff ? NonIp(kProtocolIpx) : Ipv6();
    default:
      return NonIp(kProtocolUnknown);
  }
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
    default:
      return Tagged(protocol);
  }
}

DecodeStatus LinkWalk::Tagged(uint16_t type) noexcept {
  const LinkTag tag = FindTag(type, bytes_, offset_);
  if (tag.bytes == 0) return NonIp(type);
  if (!Has(tag.bytes)) return DecodeStatus::kTruncatedLink;
  if (IsVlanTag(type) && !packet_->has_vlan) {
    packet_->has_vlan = true;
    packet_->vlan = bytes_.U16(offset_) & 0xfffU;
  }
  offset_ += tag.bytes;
  if (tag.holds_frame) {
    SetMacs(offset_ - kHeaderBytes, offset_ - kHeaderBytes + 6);
  }
  return TypeOrLength(bytes_.U16(offset_ - 2));
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
  packet_->bytes = static_cast<uint32_t>(WireRest());
  if (protocol == kProtocolArp && DecodeArp(Rest(), packet_)) {
    return DecodeStatus::kOk;
  }
  if (packet_->has_macs) {
    packet_->src = Address::Mac(bytes_.data() + packet_->src_mac_offset);
    packet_->dst = Address::Mac(bytes_.data() + packet_->dst_mac_offset);
    return DecodeStatus::kOk;
  }
  if (lone_src_mac_ != 0) {
    packet_->src = Address::Mac(bytes_.data() + lone_src_mac_);
  }
  if (lone_dst_mac_ != 0) {
    packet_->dst = Address::Mac(bytes_.data() + lone_dst_mac_);
  }
  return DecodeStatus::kOk;
}

}  // namespace ntm
