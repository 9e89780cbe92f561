#include "ntm/decode/decode.h"

#include <pcap/dlt.h>

#include "decode_link.h"

namespace ntm {
namespace {

constexpr uint32_t kEthernetBytes = 14;
constexpr uint32_t kIpv4Bytes = 20;
constexpr uint32_t kPlainBytes = kEthernetBytes + kIpv4Bytes + 4;

uint16_t U16(const uint8_t* data) noexcept {
  return static_cast<uint16_t>(data[0] << 8 | data[1]);
}

// The fast path for most packets: TCP or UDP over IPv4 over Ethernet, without
// tag, IP option or fragmentation, and with a plausible length. Returns false
// for all others, which LinkWalk decodes. Where this returns true, the result
// is the same as LinkWalk's.
bool DecodePlain(const Frame& frame, Packet* packet) noexcept {
  if (frame.link_type != DLT_EN10MB || frame.captured_bytes < kPlainBytes) {
    return false;
  }
  const uint8_t* ip = frame.data + kEthernetBytes;
  const uint32_t total_bytes = U16(ip + 2);
  const uint8_t protocol = ip[9];
  if (U16(frame.data + 12) != 0x0800 || ip[0] != 0x45 ||
      (U16(ip + 6) & 0x3fff) != 0 ||
      (protocol != kProtocolTcp && protocol != kProtocolUdp) ||
      total_bytes < kIpv4Bytes + 4 ||
      (total_bytes > frame.wire_bytes - kEthernetBytes) ||
      frame.wire_bytes < frame.captured_bytes) {
    return false;
  }
  packet->src = Address::Ipv4(ip + 12);
  packet->dst = Address::Ipv4(ip + 16);
  packet->protocol = protocol;
  packet->bytes = total_bytes;
  packet->src_port = U16(ip + kIpv4Bytes);
  packet->dst_port = U16(ip + kIpv4Bytes + 2);
  packet->has_ports = true;
  packet->is_ip = true;
  packet->dscp = ip[1] >> 2;
  packet->network_offset = kEthernetBytes;
  packet->transport_offset = kEthernetBytes + kIpv4Bytes;
  packet->src_mac_offset = 6;
  packet->dst_mac_offset = 0;
  packet->has_macs = true;
  return true;
}

}  // namespace

DecodeStatus Decode(const Frame& frame, Packet* packet) noexcept {
  if (DecodePlain(frame, packet)) [[likely]] {
    return DecodeStatus::kOk;
  }
  return LinkWalk(frame, packet).Start(frame.link_type);
}

bool IsLinkTypeSupported(int link_type) noexcept {
  Packet packet;
  Frame empty;
  empty.link_type = link_type;
  return Decode(empty, &packet) != DecodeStatus::kUnsupportedLinkType;
}

}  // namespace ntm
