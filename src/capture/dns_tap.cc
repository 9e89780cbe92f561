#include "ntm/capture/dns_tap.h"

#include <memory>

#include "tap_ear.h"
#include "tap_payload.h"

namespace ntm {
namespace {

constexpr uint16_t kDnsPort = 53;

bool IsDns(const Packet& packet) noexcept {
  return packet.src_port == kDnsPort || packet.dst_port == kDnsPort ||
         packet.src_port == kMdnsPort;
}

}  // namespace

void HearDns(const Frame& frame, DnsListener* listener) noexcept {
  Packet packet;
  const auto udp = TransportOffset(frame, kProtocolUdp, &packet);
  if (!udp || !IsDns(packet)) return;
  const auto datagram = DatagramAt(frame, packet, *udp);
  if (datagram) listener->OnDatagram(*datagram);
}

TapPlan DnsTap(DnsListener* listener) {
  return {"ntm-dns-tap", "udp port 53 or udp src port 5353",
          std::make_unique<TapEar<DnsListener, HearDns>>(listener)};
}

}  // namespace ntm
