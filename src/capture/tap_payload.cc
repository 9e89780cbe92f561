#include "tap_payload.h"

#include <algorithm>

#include "ntm/decode/decode.h"
#include "ntm/decode/decode_ip.h"

namespace ntm {
namespace {

constexpr size_t kTapUdpHeaderBytes = 8;
constexpr size_t kTapTcpHeaderBytes = 20;

}  // namespace

std::optional<size_t> TransportOffset(const Frame& frame, Protocol protocol,
                                      Packet* packet) noexcept {
  if (Decode(frame, packet) != DecodeStatus::kOk || !packet->is_ip ||
      packet->protocol != protocol || !packet->has_ports ||
      packet->first_fragment || packet->later_fragment) {
    return std::nullopt;
  }
  const bool has_extensions =
      packet->src.kind == AddressKind::kIpv6 &&
      packet->transport_offset != packet->network_offset + kIpv6HeaderBytes;
  if (has_extensions) return std::nullopt;
  return packet->transport_offset;
}

std::optional<UdpDatagram> DatagramAt(const Frame& frame, const Packet& packet,
                                      size_t offset) noexcept {
  const ByteReader bytes(frame.data, frame.captured_bytes);
  if (!bytes.Has(offset, kTapUdpHeaderBytes)) return std::nullopt;
  const size_t udp_bytes = bytes.U16(offset + 4);
  if (udp_bytes <= kTapUdpHeaderBytes || !bytes.Has(offset, udp_bytes)) {
    return std::nullopt;
  }
  return UdpDatagram{packet.src,
                     packet.dst,
                     packet.src_port,
                     packet.dst_port,
                     bytes.data() + offset + kTapUdpHeaderBytes,
                     udp_bytes - kTapUdpHeaderBytes,
                     frame.time_ns};
}

std::optional<TcpSegment> SegmentAt(const Frame& frame, const Packet& packet,
                                    size_t offset) noexcept {
  const ByteReader bytes(frame.data, frame.captured_bytes);
  if (!bytes.Has(offset, kTapTcpHeaderBytes)) return std::nullopt;
  const size_t header_bytes = size_t{bytes.U8(offset + 12)} / 16 * 4;
  const size_t payload = offset + header_bytes;
  const size_t end = std::min<size_t>(
      frame.captured_bytes, size_t{packet.network_offset} + packet.bytes);
  if (header_bytes < kTapTcpHeaderBytes || payload >= end) return std::nullopt;
  return TcpSegment{packet.src,
                    packet.dst,
                    packet.src_port,
                    packet.dst_port,
                    bytes.U32(offset + 4),
                    bytes.data() + payload,
                    end - payload,
                    frame.time_ns};
}

}  // namespace ntm
