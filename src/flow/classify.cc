#include "ntm/flow/classify.h"

#include <array>
#include <type_traits>
#include <utility>

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace ntm {
namespace {

constexpr size_t kRememberedFragments = 1024;
static_assert((kRememberedFragments & (kRememberedFragments - 1)) == 0);

// Hashed as bytes, so it must have no padding.
struct DatagramKey {
  std::array<uint8_t, 16> src;
  std::array<uint8_t, 16> dst;
  uint32_t fragment_id;
  Protocol protocol;
  AddressKind src_kind;
  AddressKind dst_kind;
};
static_assert(std::has_unique_object_representations_v<DatagramKey>);

uint64_t HashDatagram(const Packet& packet) noexcept {
  // RFC 8200 section 4.5: in IPv6 a later fragment's next header may differ
  // from the first one's, so the protocol is part of the key for IPv4 only.
  const bool is_ipv4 = packet.src.kind == AddressKind::kIpv4;
  const DatagramKey key = {
      packet.src.bytes,   packet.dst.bytes,
      packet.fragment_id, is_ipv4 ? packet.protocol : Protocol{0},
      packet.src.kind,    packet.dst.kind};
  return XXH3_64bits(&key, sizeof key);
}

}  // namespace

Classifier::Classifier(std::shared_ptr<const Services> services,
                       std::shared_ptr<const TrafficClasses> traffic_classes)
    : services_(std::move(services)),
      traffic_classes_(std::move(traffic_classes)),
      recent_fragments_(kRememberedFragments) {}

Classes Classifier::OfPorts(const Packet& packet) const noexcept {
  Classes classes;
  if (services_ != nullptr && packet.has_ports) {
    classes.service = services_->OfConversation(
        packet.protocol, packet.src_port, packet.dst_port);
  }
  if (traffic_classes_ != nullptr) {
    classes.traffic_class = traffic_classes_->Classify(packet);
  }
  return classes;
}

void Classifier::Remember(const Packet& first_fragment,
                          const Classes& classes) noexcept {
  const uint64_t datagram = HashDatagram(first_fragment);
  recent_fragments_[datagram % kRememberedFragments] = {datagram, classes};
}

Classes Classifier::ClassifyByPorts(const Packet& packet) noexcept {
  if (packet.later_fragment) {
    const uint64_t datagram = HashDatagram(packet);
    const Fragment& recent = recent_fragments_[datagram % kRememberedFragments];
    return recent.datagram == datagram ? recent.classes : OfPorts(packet);
  }
  const Classes classes = OfPorts(packet);
  if (packet.first_fragment) Remember(packet, classes);
  return classes;
}

Classes Classifier::ClassifyByName(const Packet& packet) noexcept {
  Classes classes = ClassifyByPorts(packet);
  const ClassId by_name = packet.has_ports ? servers_->Find(packet) : kNoClass;
  if (by_name == kNoClass) return classes;
  classes.traffic_class = traffic_classes_->Classify(packet, by_name);
  if (packet.first_fragment) Remember(packet, classes);
  return classes;
}

}  // namespace ntm
