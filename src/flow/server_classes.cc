#include "ntm/flow/server_classes.h"

#include <algorithm>
#include <bit>

#include "ntm/base/hash_seed.h"

namespace ntm {
namespace {

// One address in 64 passes by chance; then the table says no.
constexpr size_t kFilterBitsPerServer = 64;
constexpr size_t kLeastFilterBits = 64;

void NoteSeen(std::atomic<bool>* seen) noexcept {
  // Not for every packet, so that threads do not contend for the cache line.
  if (!seen->load(std::memory_order_relaxed)) {
    seen->store(true, std::memory_order_relaxed);
  }
}

}  // namespace

ServerClasses::ServerClasses(std::span<const Rule> rules)
    : mask_(std::bit_ceil(rules.size() * 2 + 2) - 1), entries_(mask_ + 1) {
  static const uint64_t seeds[2] = {RandomHashSeed() | 1, RandomHashSeed() | 1};
  std::ranges::copy(seeds, factors_);
  const size_t bits = std::bit_ceil(
      std::max(rules.size() * kFilterBitsPerServer, kLeastFilterBits));
  filter_shift_ = 64 - static_cast<unsigned>(std::countr_zero(bits));
  filter_.resize(bits / 64);
  for (const Rule& rule : rules) {
    const_cast<Entry&>(SlotOf(rule.server, rule.client)).rule = rule;
    const uint64_t bit = HashOf(rule.server) >> filter_shift_;
    filter_[bit / 64] |= uint64_t{1} << bit % 64;
  }
}

const ServerClasses::Entry& ServerClasses::SlotOf(
    const Address& server, const Address& client) const noexcept {
  size_t slot = (HashOf(server) >> 32 ^ HashOf(client) >> 29) & mask_;
  while (entries_[slot].rule.server.kind != AddressKind::kNone &&
         (entries_[slot].rule.server != server ||
          entries_[slot].rule.client != client)) {
    slot = (slot + 1) & mask_;
  }
  return entries_[slot];
}

ClassId ServerClasses::ClassOf(const Address& server,
                               const Address& client) const noexcept {
  const Entry& of_all = SlotOf(server, Address());
  if (of_all.rule.server.kind == AddressKind::kNone) return kNoClass;
  if (of_all.rule.traffic_class == kNoClass) {
    const Entry& of_client = SlotOf(server, client);
    if (of_client.rule.server.kind != AddressKind::kNone) {
      NoteSeen(&of_client.seen);
      return of_client.rule.traffic_class;
    }
  }
  NoteSeen(&of_all.seen);
  return of_all.rule.traffic_class;
}

// Both ends may be servers with names. Then the one with the lower port is
// asked first, as for ports.
ClassId ServerClasses::FindKnown(const Packet& packet) const noexcept {
  const bool src_first = packet.src_port != packet.dst_port
                             ? packet.src_port < packet.dst_port
                             : packet.src.bytes < packet.dst.bytes;
  const Address& first = src_first ? packet.src : packet.dst;
  const Address& second = src_first ? packet.dst : packet.src;
  const ClassId of_first = ClassOf(first, second);
  return of_first != kNoClass ? of_first : ClassOf(second, first);
}

}  // namespace ntm
