#include "ntm/capture/dns_tap.h"

#include <memory>

#include "tap_payload.h"

namespace ntm {
namespace {

constexpr uint16_t kDnsPort = 53;

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
  if (!udp || (packet.src_port != kDnsPort && packet.dst_port != kDnsPort)) {
    return;
  }
  const auto datagram = DatagramAt(frame, packet, *udp);
  if (datagram) listener->OnDatagram(*datagram);
}

TapPlan DnsTap(DnsListener* listener) {
  return {"ntm-dns-tap", "udp port 53", std::make_unique<DnsEar>(listener)};
}

}  // namespace ntm
