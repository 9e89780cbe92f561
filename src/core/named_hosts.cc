#include "ntm/named_hosts.h"

#include <xxhash.h>

#include <bit>
#include <cstring>
#include <utility>

namespace ntm {
namespace {

constexpr int64_t kSeenResolutionNs = 1'000'000'000;

Address KeyOf(const std::string& name, uint64_t seed) {
  const XXH128_hash_t hash =
      XXH3_128bits_withSeed(name.data(), name.size(), seed);
  Address key;
  key.bytes = std::bit_cast<std::array<uint8_t, 16>>(
      std::array<uint64_t, 2>{hash.low64, hash.high64});
  key.kind = AddressKind::kName;
  return key;
}

}  // namespace

NamedHosts::NamedHosts(std::shared_ptr<const HostNames> names,
                       uint64_t hash_seed, const NamedHosts* before,
                       std::span<const Flow> flows)
    : names_(std::move(names)),
      mask_(std::bit_ceil(names_->size() * 2 + 2) - 1),
      entries_(mask_ + 1) {
  for (const auto& [address, host] : names_->all()) {
    Entry& entry = PlaceOf(address);
    entry.address = address;
    entry.name = KeyOf(host.name, hash_seed);
    texts_.try_emplace(entry.name, host.name);
    if (before == nullptr) continue;
    entry.seen_ns.store(before->PlaceOf(address).seen_ns.load());
  }
  if (before == nullptr) return;
  // A flow that begins until this one stands in its place is still called so.
  for (const auto& [address, host] : before->names_->all()) {
    const Address name = KeyOf(host.name, hash_seed);
    texts_.try_emplace(name, host.name);
  }
  for (const Flow& flow : flows) {
    for (const Address& name : {flow.key.Src(), flow.key.Dst()}) {
      if (name.kind == AddressKind::kName && !texts_.contains(name)) {
        texts_.emplace(name, before->Text(name));
      }
    }
  }
}

const NamedHosts::Entry& NamedHosts::PlaceOf(
    const Address& address) const noexcept {
  size_t place = AddressHash()(address) & mask_;
  while (entries_[place].address.kind != AddressKind::kNone &&
         entries_[place].address != address) {
    place = (place + 1) & mask_;
  }
  return entries_[place];
}

NamedHosts::Entry& NamedHosts::PlaceOf(const Address& address) noexcept {
  return const_cast<Entry&>(std::as_const(*this).PlaceOf(address));
}

Address NamedHosts::Find(const Address& address,
                         int64_t time_ns) const noexcept {
  const Entry& entry = PlaceOf(address);
  if (entry.address.kind == AddressKind::kNone) return address;
  // Rarely, so that threads do not fight for the line.
  if (time_ns - entry.seen_ns.load(std::memory_order_relaxed) >
      kSeenResolutionNs) {
    entry.seen_ns.store(time_ns, std::memory_order_relaxed);
  }
  return entry.name;
}

std::string_view NamedHosts::Text(const Address& name) const {
  const auto found = texts_.find(name);
  return found == texts_.end() ? std::string_view() : found->second;
}

std::vector<Address> NamedHosts::SeenSince(int64_t time_ns) const {
  std::vector<Address> seen;
  for (const Entry& entry : entries_) {
    if (entry.address.kind != AddressKind::kNone &&
        entry.seen_ns.load(std::memory_order_relaxed) >= time_ns) {
      seen.push_back(entry.address);
    }
  }
  return seen;
}

}  // namespace ntm
