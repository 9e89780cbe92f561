#include "arp_watch.h"

#include <cstdlib>

#include "ntm/base/byte_reader.h"

namespace ntm {
namespace {

constexpr size_t kClaims = 1024;
constexpr int64_t kConflictWithinNs = 60'000'000'000;

}  // namespace

ArpWatch::ArpWatch(uint64_t seed) : hash_(seed), claims_(kClaims) {}

void ArpWatch::Add(const Frame& frame, const Packet& packet,
                   uint16_t interface) noexcept {
  constexpr uint8_t kMacBytes = 6;
  constexpr size_t kSenderHardware = 8;
  if (packet.src.kind != AddressKind::kIpv4 ||
      packet.src == Address{{}, AddressKind::kIpv4} ||
      packet.network_offset >= frame.captured_bytes) {
    return;
  }
  const ByteReader arp(frame.data + packet.network_offset,
                       frame.captured_bytes - packet.network_offset);
  if (!arp.Has(kSenderHardware, kMacBytes) || arp.U8(4) != kMacBytes) return;
  const Address hardware = Address::Mac(arp.data() + kSenderHardware);
  const uint64_t hash = hash_.OfQuestion(packet.src, 0, {}, 0, interface);
  Claim& claim = claims_[hash / 2 % kClaims];
  if (claim.hash == hash && claim.hardware != hardware &&
      std::abs(frame.time_ns - claim.time_ns) < kConflictWithinNs) {
    ++conflicts_;
    last_ = {packet.src, claim.hardware, hardware, frame.time_ns};
  }
  claim = {hash, hardware, frame.time_ns};
}

void ArpWatch::AddTo(WireHealth* health) const noexcept {
  if (conflicts_ == 0) return;
  if (health->arp_conflicts == 0 ||
      last_.time_ns > health->last_arp_conflict.time_ns) {
    health->last_arp_conflict = last_;
  }
  health->arp_conflicts += conflicts_;
}

}  // namespace ntm
