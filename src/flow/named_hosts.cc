#include "ntm/flow/named_hosts.h"

#include <xxhash.h>

#include <bit>
#include <cstring>
#include <utility>

namespace ntm {
namespace {

constexpr int64_t kSeenResolutionNs = 1'000'000'000;

Address NameAddress(const std::string& name, uint64_t seed) {
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
      has_clients_(!names_->of_clients().empty()),
      mask_(std::bit_ceil((names_->size() + names_->of_clients().size()) * 2 +
                          2) -
            1),
      entries_(mask_ + 1) {
  for (const auto& [address, host] : names_->all()) {
    Add(address, Address(), host.name, hash_seed, before);
  }
  for (const auto& [pair, name] : names_->of_clients()) {
    // A flow keeps its labels, so reverse DNS, which is the same for all
    // clients, comes before what a client says.
    const HostName* general = names_->Find(pair.host);
    if (general != nullptr && general->source < NameSource::kDns) continue;
    Add(pair.host, pair.client, name, hash_seed, before);
  }
  if (before == nullptr) return;
  // A flow that starts before this instance is in use still gets the old name.
  for (const auto& [address, host] : before->names_->all()) {
    texts_.try_emplace(NameAddress(host.name, hash_seed), host.name);
  }
  for (const auto& [pair, name] : before->names_->of_clients()) {
    texts_.try_emplace(NameAddress(name, hash_seed), name);
  }
  for (const Flow& flow : flows) {
    for (const Address& name : {flow.key.Src(), flow.key.Dst()}) {
      if (name.kind == AddressKind::kName && !texts_.contains(name)) {
        texts_.emplace(name, before->Text(name));
      }
    }
  }
}

void NamedHosts::Add(const Address& address, const Address& client,
                     const std::string& name, uint64_t hash_seed,
                     const NamedHosts* before) {
  if (IsGroup(address)) return;  // no host: /etc/hosts names some
  Entry& entry = SlotOf(address, client);
  entry.address = address;
  entry.client = client;
  entry.name = NameAddress(name, hash_seed);
  texts_.try_emplace(entry.name, name);
  if (before == nullptr) return;
  entry.seen_ns.store(before->SlotOf(address, client).seen_ns.load());
}

const NamedHosts::Entry& NamedHosts::SlotOf(
    const Address& address, const Address& client) const noexcept {
  const bool is_any = client.kind == AddressKind::kNone;
  size_t slot =
      (is_any ? AddressHash()(address) : ClientHostHash()({client, address})) &
      mask_;
  while (
      entries_[slot].address.kind != AddressKind::kNone &&
      (entries_[slot].address != address || entries_[slot].client != client)) {
    slot = (slot + 1) & mask_;
  }
  return entries_[slot];
}

NamedHosts::Entry& NamedHosts::SlotOf(const Address& address,
                                      const Address& client) noexcept {
  return const_cast<Entry&>(std::as_const(*this).SlotOf(address, client));
}

const NamedHosts::Entry* NamedHosts::EntryOf(
    const Address& address, const Address& peer) const noexcept {
  if (has_clients_) {
    const Entry& of_client = SlotOf(address, peer);
    if (of_client.address.kind != AddressKind::kNone) return &of_client;
  }
  const Entry& of_any = SlotOf(address, Address());
  return of_any.address.kind == AddressKind::kNone ? nullptr : &of_any;
}

Address NamedHosts::Find(const Address& address, const Address& peer,
                         int64_t time_ns) const noexcept {
  const Entry* entry = EntryOf(address, peer);
  if (entry == nullptr) return address;
  // Not for every packet, so that threads do not contend for the cache line.
  if (entry->seen_ns.load(std::memory_order_relaxed) <
      time_ns - kSeenResolutionNs) {
    entry->seen_ns.store(time_ns, std::memory_order_relaxed);
  }
  return entry->name;
}

std::unordered_set<Address, AddressHash> NamedHosts::NamesIn(
    const LocalNetworks& networks) const {
  std::unordered_set<Address, AddressHash> names;
  for (const Entry& entry : entries_) {
    if (entry.address.kind != AddressKind::kNone &&
        networks.Contains(entry.address)) {
      names.insert(entry.name);
    }
  }
  return names;
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
