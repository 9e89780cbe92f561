#include "ntm/capture/handshake_tap.h"

#include <array>
#include <memory>

#include "ntm/base/byte_reader.h"
#include "tap_ear.h"
#include "tap_payload.h"

namespace ntm {

// In BPF a read beyond the end refuses the frame, whatever else the filter
// would have said of it: so what reads furthest comes last, and the rest of a
// ClientHello, which may be short, before its beginning. libpcap knows no tcp[]
// and udp[] for IPv6: the header is at ip6[40].
const char* const kHandshakeFilter =
    "(ip and tcp and (dst port 443 or dst port 853 or dst port 8443)"
    " and tcp[13] & 8 != 0 and ip[2:2] <= 1400"
    " and ip[2:2] - ((ip[0] & 15) << 2) > (tcp[12] >> 4) << 2)"
    " or (ip6 and ip6[6] = 6 and (ip6[42:2] = 443 or ip6[42:2] = 853 or"
    " ip6[42:2] = 8443) and ip6[53] & 8 != 0 and ip6[4:2] <= 1400"
    " and ip6[4:2] > (ip6[52] >> 4) << 2)"
    " or (ip and udp and udp[8] & 0x80 != 0"
    " and (udp[9:4] = 1 or udp[9:4] = 0x6b3343cf))"
    " or (ip6 and ip6[6] = 17 and ip6[48] & 0x80 != 0"
    " and (ip6[49:4] = 1 or ip6[49:4] = 0x6b3343cf))"
    " or (ip and tcp and tcp[((tcp[12] >> 4) << 2):2] = 0x1603"
    " and (tcp[((tcp[12] >> 4) << 2) + 5] = 1"
    " or tcp[((tcp[12] >> 4) << 2) + 5] = 2))"
    " or (ip6 and ip6[6] = 6 and ip6[40 + ((ip6[52] >> 4) << 2):2] = 0x1603"
    " and (ip6[45 + ((ip6[52] >> 4) << 2)] = 1"
    " or ip6[45 + ((ip6[52] >> 4) << 2)] = 2))";

namespace {

constexpr std::array<uint16_t, 3> kTlsPorts = {443, 853, 8443};
constexpr size_t kLongestRestBytes = 1400;
constexpr uint32_t kQuicVersion1 = 1;
constexpr uint32_t kQuicVersion2 = 0x6b3343cf;

bool BeginsHello(const ByteReader& payload) noexcept {
  return payload.Has(0, 6) && payload.U16(0) == 0x1603 &&
         (payload.U8(5) == 1 || payload.U8(5) == 2);
}

bool IsToTls(uint16_t port) noexcept {
  return port == kTlsPorts[0] || port == kTlsPorts[1] || port == kTlsPorts[2];
}

bool BeginsLongHeader(const ByteReader& payload) noexcept {
  if (!payload.Has(0, 5) || (payload.U8(0) & 0x80) == 0) return false;
  const uint32_t version = payload.U32(1);
  return version == kQuicVersion1 || version == kQuicVersion2;
}

void HearTcp(const Frame& frame, const Packet& packet, size_t offset,
             HandshakeListener* listener) noexcept {
  const auto segment = SegmentAt(frame, packet, offset);
  if (!segment) return;
  const bool has_push = (frame.data[offset + 13] & 8) != 0;
  const bool is_rest = has_push && IsToTls(packet.dst_port) &&
                       segment->bytes <= kLongestRestBytes;
  if (is_rest || BeginsHello(ByteReader(segment->data, segment->bytes))) {
    listener->OnTcp(*segment);
  }
}

}  // namespace

void HearHandshake(const Frame& frame, HandshakeListener* listener) noexcept {
  Packet packet;
  if (const auto tcp = TransportOffset(frame, kProtocolTcp, &packet)) {
    HearTcp(frame, packet, *tcp, listener);
    return;
  }
  if (packet.protocol != kProtocolUdp) return;
  const auto udp = TransportOffset(frame, kProtocolUdp, &packet);
  if (!udp) return;
  const auto datagram = DatagramAt(frame, packet, *udp);
  if (datagram &&
      BeginsLongHeader(ByteReader(datagram->data, datagram->bytes))) {
    listener->OnQuic(*datagram);
  }
}

TapPlan HandshakeTap(HandshakeListener* listener) {
  return {"ntm-handshakes", kHandshakeFilter,
          std::make_unique<TapEar<HandshakeListener, HearHandshake>>(listener)};
}

}  // namespace ntm
