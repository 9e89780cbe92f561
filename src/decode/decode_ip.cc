#include "ntm/decode/decode_ip.h"

#include <algorithm>

namespace ntm {
namespace {

constexpr size_t kIpv4HeaderBytes = 20;
constexpr size_t kPortsBytes = 4;

// No valid chain of extension headers is nearly that long (RFC 8200); this
// bounds the cost of a hostile one.
constexpr int kMaxExtensions = 64;

enum NextHeader : uint8_t {
  kHopByHop = 0,
  kRouting = 43,
  kFragment = 44,
  kNoNextHeader = 59,
  kDestinationOptions = 60,
  kMobility = 135,
  kHip = 139,
  kShim6 = 140,
};

bool HasPorts(Protocol protocol) noexcept {
  switch (protocol) {
    case kProtocolTcp:
    case kProtocolUdp:
    case kProtocolDccp:
    case kProtocolSctp:
    case kProtocolUdpLite:
      return true;
    default:
      return false;
  }
}

// Returns the header's length if it can be true, else the wire length.
uint32_t AccountedBytes(uint64_t claimed_bytes, size_t header_bytes,
                        size_t wire_bytes, Packet* packet) noexcept {
  if (claimed_bytes > wire_bytes) {
    packet->Add(Anomaly::kIpLengthBeyondFrame);
  } else if (claimed_bytes < header_bytes) {
    packet->Add(Anomaly::kIpLengthBelowHeader);
  } else {
    return static_cast<uint32_t>(claimed_bytes);
  }
  return static_cast<uint32_t>(wire_bytes);
}

// The captured bytes of the packet, without padding.
ByteReader WithoutPadding(ByteReader ip, uint32_t bytes) noexcept {
  return {ip.data(), std::min<size_t>(ip.size(), bytes)};
}

void ReadTransport(ByteReader ip, size_t offset, Packet* packet) noexcept {
  packet->transport_offset =
      packet->network_offset + static_cast<uint32_t>(offset);
  if (!HasPorts(packet->protocol)) return;
  if (!ip.Has(offset, kPortsBytes)) {
    packet->Add(Anomaly::kTruncatedTransport);
    return;
  }
  packet->src_port = ip.U16(offset);
  packet->dst_port = ip.U16(offset + 2);
  packet->has_ports = true;
}

DecodeStatus CheckVersion(ByteReader ip, unsigned version) noexcept {
  if (ip.size() == 0) return DecodeStatus::kTruncatedIp;
  if (ip.U8(0) >> 4U != version) return DecodeStatus::kBadIpVersion;
  return DecodeStatus::kOk;
}

bool IsExtension(uint8_t next_header) noexcept {
  switch (next_header) {
    case kHopByHop:
    case kRouting:
    case kFragment:
    case kDestinationOptions:
    case kMobility:
    case kHip:
    case kShim6:
      return true;
    default:
      return false;
  }
}

// These headers can be the last one, and are then the packet's protocol.
bool IsUpperLayerToo(uint8_t next_header) noexcept {
  return next_header == kMobility || next_header == kHip ||
         next_header == kShim6;
}

// The payload length of a jumbogram (RFC 2675), from the hop-by-hop options
// that begin at `offset`; 0 if there is none.
uint32_t JumboPayloadBytes(ByteReader ip, size_t offset) noexcept {
  constexpr uint8_t kPad1 = 0;
  constexpr uint8_t kJumbo = 0xc2;
  if (!ip.Has(offset, 2)) return 0;
  const size_t end = offset + (ip.U8(offset + 1) + size_t{1}) * 8;
  size_t option = offset + 2;
  while (option < end && ip.Has(option, 1)) {
    const uint8_t type = ip.U8(option);
    if (type == kPad1) {
      ++option;
      continue;
    }
    if (!ip.Has(option, 2)) return 0;
    const uint8_t length = ip.U8(option + 1);
    if (type == kJumbo && length == 4) {
      return option + 6 <= end && ip.Has(option + 2, 4) ? ip.U32(option + 2)
                                                        : 0;
    }
    option += size_t{2} + length;
  }
  return 0;
}

uint32_t Ipv6Bytes(ByteReader ip, size_t wire_bytes, Packet* packet) noexcept {
  const uint16_t payload_bytes = ip.U16(4);
  if (payload_bytes != 0) {
    return AccountedBytes(kIpv6HeaderBytes + payload_bytes, kIpv6HeaderBytes,
                          wire_bytes, packet);
  }
  const uint8_t next_header = ip.U8(6);
  if (next_header == kNoNextHeader || wire_bytes == kIpv6HeaderBytes) {
    return static_cast<uint32_t>(kIpv6HeaderBytes);
  }
  const uint64_t jumbo_bytes =
      next_header == kHopByHop ? JumboPayloadBytes(ip, kIpv6HeaderBytes) : 0;
  if (jumbo_bytes != 0) {
    return AccountedBytes(kIpv6HeaderBytes + jumbo_bytes, kIpv6HeaderBytes,
                          wire_bytes, packet);
  }
  packet->Add(Anomaly::kIpLengthZero);
  return static_cast<uint32_t>(wire_bytes);
}

// REQUIRES: ip.Has(offset, 8). Returns false for a later fragment, in which the
// next header does not follow.
bool ReadIpv6Fragment(ByteReader ip, size_t offset, Packet* packet) noexcept {
  const uint16_t field = ip.U16(offset + 2);
  const bool more = (field & 1U) != 0;
  if (field >> 3U == 0 && !more) return true;  // atomic (RFC 6946)
  packet->fragment_id = ip.U32(offset + 4);
  packet->later_fragment = field >> 3U != 0;
  packet->first_fragment = !packet->later_fragment;
  return packet->first_fragment;
}

// Walks the extension headers and reads what follows them.
void WalkExtensions(ByteReader ip, Packet* packet) noexcept {
  uint8_t next_header = ip.U8(6);
  uint8_t last = next_header;
  size_t offset = kIpv6HeaderBytes;
  int walked = 0;
  bool whole = true;
  while (IsExtension(next_header)) {
    whole = ++walked <= kMaxExtensions && ip.Has(offset, 8);
    if (!whole) break;
    last = next_header;
    next_header = ip.U8(offset);
    if (last == kFragment) {
      if (!ReadIpv6Fragment(ip, offset, packet)) {
        packet->protocol = next_header;
        return;
      }
      offset += 8;
      continue;
    }
    const size_t length = (ip.U8(offset + 1) + size_t{1}) * 8;
    whole = ip.Has(offset, length);
    if (!whole) break;
    offset += length;
  }
  packet->protocol = next_header;
  if (!whole) {
    packet->Add(Anomaly::kTruncatedExtension);
  } else if (next_header == kNoNextHeader && IsUpperLayerToo(last)) {
    packet->protocol = last;
  } else {
    ReadTransport(ip, offset, packet);
  }
}

}  // namespace

DecodeStatus DecodeIpv4(ByteReader ip, size_t wire_bytes,
                        Packet* packet) noexcept {
  const DecodeStatus version = CheckVersion(ip, 4);
  if (version != DecodeStatus::kOk) return version;
  const size_t header_bytes = (ip.U8(0) & 0xfU) * size_t{4};
  if (header_bytes < kIpv4HeaderBytes) return DecodeStatus::kBadIpHeaderLength;
  if (!ip.Has(0, kIpv4HeaderBytes)) return DecodeStatus::kTruncatedIp;

  packet->is_ip = true;
  packet->dscp = ip.U8(1) >> 2U;
  packet->protocol = ip.U8(9);
  packet->src = Address::Ipv4(ip.data() + 12);
  packet->dst = Address::Ipv4(ip.data() + 16);
  const uint16_t total_bytes = ip.U16(2);
  if (total_bytes == 0) {
    packet->Add(Anomaly::kIpLengthZero);
    packet->bytes = static_cast<uint32_t>(wire_bytes);
  } else {
    packet->bytes =
        AccountedBytes(total_bytes, header_bytes, wire_bytes, packet);
  }

  constexpr unsigned kMoreFragments = 0x2000;
  constexpr unsigned kOffsetMask = 0x1fff;
  const uint16_t fragment = ip.U16(6);
  if ((fragment & (kMoreFragments | kOffsetMask)) != 0) {
    packet->fragment_id = ip.U16(4);
    packet->later_fragment = (fragment & kOffsetMask) != 0;
    packet->first_fragment = !packet->later_fragment;
    if (packet->later_fragment) return DecodeStatus::kOk;
  }
  ReadTransport(WithoutPadding(ip, packet->bytes), header_bytes, packet);
  return DecodeStatus::kOk;
}

DecodeStatus DecodeIpv6(ByteReader ip, size_t wire_bytes,
                        Packet* packet) noexcept {
  const DecodeStatus version = CheckVersion(ip, 6);
  if (version != DecodeStatus::kOk) return version;
  if (!ip.Has(0, kIpv6HeaderBytes)) return DecodeStatus::kTruncatedIp;

  packet->is_ip = true;
  packet->dscp = static_cast<uint8_t>(ip.U16(0) >> 6U & 0x3fU);
  packet->src = Address::Ipv6(ip.data() + 8);
  packet->dst = Address::Ipv6(ip.data() + 24);
  packet->bytes = Ipv6Bytes(ip, wire_bytes, packet);
  WalkExtensions(WithoutPadding(ip, packet->bytes), packet);
  return DecodeStatus::kOk;
}

bool DecodeArp(ByteReader arp, Packet* packet) noexcept {
  constexpr size_t kFixedBytes = 8;
  constexpr uint16_t kAtm = 19;       // another layout: RFC 2225
  constexpr uint16_t kFireWire = 24;  // another layout: RFC 2734
  if (!arp.Has(0, kFixedBytes)) return false;
  const uint16_t hardware = arp.U16(0);
  const size_t hardware_bytes = arp.U8(4);
  if (hardware == kAtm || hardware == kFireWire || arp.U16(2) != 0x0800 ||
      arp.U8(5) != 4) {
    return false;
  }
  const size_t sender = kFixedBytes + hardware_bytes;
  const size_t target = sender + 4 + hardware_bytes;
  if (!arp.Has(target, 4)) return false;
  packet->src = Address::Ipv4(arp.data() + sender);
  packet->dst = Address::Ipv4(arp.data() + target);
  return true;
}

}  // namespace ntm
