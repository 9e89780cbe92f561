#include "ntm/capture/dns_tap.h"

#include <memory>

#include "tap_payload.h"

namespace ntm {
namespace {

constexpr uint16_t kDnsPort = 53;
constexpr uint16_t kMdnsPort = 5353;

bool IsDns(const Packet& packet) noexcept {
  return packet.src_port == kDnsPort || packet.dst_port == kDnsPort ||
         packet.src_port == kMdnsPort;
}

class DnsEar final : public TapSink {
 public:
  explicit DnsEar(DnsListener* listener) : listener_(listener) {}
  void OnFrame(const Frame& frame) noexcept override {
    HearDns(frame, listener_);
  }
  void OnLost(uint64_t frames) noexcept override { listener_->OnLost(frames); }

 private:
  DnsListener* listener_;
};

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
          std::make_unique<DnsEar>(listener)};
}

}  // namespace ntm
