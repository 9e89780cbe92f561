#include "ntm/classify.h"

#include <array>
#include <cassert>
#include <type_traits>
#include <utility>

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace ntm {
namespace {

constexpr size_t kRememberedFragments = 1024;
static_assert((kRememberedFragments & (kRememberedFragments - 1)) == 0);

// Hashed as bytes: no padding.
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
  // RFC 8200 section 4.5: the next header of a later fragment may differ from
  // that of the first, so it tells IPv4's datagrams apart only.
  const bool is_ipv4 = packet.src.kind == AddressKind::kIpv4;
  const DatagramKey key = {
      packet.src.bytes,   packet.dst.bytes,
      packet.fragment_id, is_ipv4 ? packet.protocol : Protocol{0},
      packet.src.kind,    packet.dst.kind};
  return XXH3_64bits(&key, sizeof key);
}

}  // namespace

Classifier::Classifier(std::shared_ptr<const Services> services)
    : services_(std::move(services)), recent_fragments_(kRememberedFragments) {
  assert(services_ != nullptr);
}

ServiceId Classifier::Service(const Packet& packet) noexcept {
  if (packet.later_fragment) {
    const uint64_t datagram = HashDatagram(packet);
    const Fragment& place = recent_fragments_[datagram % kRememberedFragments];
    return place.datagram == datagram ? place.service : kNoService;
  }
  const ServiceId service =
      packet.has_ports ? services_->OfConversation(
                             packet.protocol, packet.src_port, packet.dst_port)
                       : kNoService;
  if (packet.first_fragment) {
    const uint64_t datagram = HashDatagram(packet);
    recent_fragments_[datagram % kRememberedFragments] = {datagram, service};
  }
  return service;
}

}  // namespace ntm
