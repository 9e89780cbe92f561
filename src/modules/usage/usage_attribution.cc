#include "usage_attribution.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <array>
#include <bit>
#include <map>

#include "ntm/flow/host_text.h"

namespace ntm::usage {
namespace {

UsageKey KeyOf(const Snapshot& snapshot, const Address& address,
               const PrefixBits& prefix, std::string_view service) {
  UsageKey key;
  key.service = service;
  key.is_alias =
      snapshot.anonymizer != nullptr && address.kind != AddressKind::kName;
  key.host = HostText(snapshot, address, prefix);
  return key;
}

std::string ServiceOf(const Snapshot& snapshot, size_t flow) {
  if (!snapshot.services) return "";
  return snapshot.services->Name(snapshot.flows[flow].key.service());
}

}  // namespace

// Never 0. Prefixes and services do not change during a run.
uint64_t UsageAttribution::HashOf(const Address& address, uint8_t prefix_bits,
                                  ServiceId service) const noexcept {
  const auto words = std::bit_cast<std::array<uint64_t, 2>>(address.bytes);
  const std::array<uint64_t, 3> key = {words[0], words[1],
                                       uint64_t{service} << 16 |
                                           uint64_t{prefix_bits} << 8 |
                                           static_cast<uint64_t>(address.kind)};
  return XXH3_64bits_withSeed(key.data(), sizeof key, seed_) | 1;
}

void UsageAttribution::Add(const Snapshot& snapshot, size_t flow,
                           uint64_t bytes, UsageTable* table) {
  const FlowKey& key = snapshot.flows[flow].key;
  const Address src = key.Src();
  const Address dst = key.Dst();
  const End from = EndOf(snapshot, src, snapshot.labels.src_prefix);
  const End to = EndOf(snapshot, dst, snapshot.labels.dst_prefix);
  const auto add = [&](const Address& host, const PrefixBits& prefix,
                       bool is_source, const Bytes& brought) {
    // All MAC addresses have the same alias.
    const bool is_hidden =
        snapshot.anonymizer != nullptr && host.kind == AddressKind::kMac;
    const uint64_t hash =
        HashOf(is_hidden ? Address{{}, AddressKind::kMac} : host,
               prefix.BitsOf(host.kind), key.service());
    if (table->AddTo(hash, brought)) return;
    if (table->is_full()) {
      waiting_.push_back({hash, flow, is_source, brought});
    } else {
      table->Add(KeyOf(snapshot, host, prefix, ServiceOf(snapshot, flow)),
                 brought, hash);
    }
  };
  if (from == End::kLocal) {
    add(src, snapshot.labels.src_prefix, true, {0, bytes});
  }
  if (to == End::kLocal) {
    add(dst, snapshot.labels.dst_prefix, false, {bytes, 0});
  }
  const auto add_group = [&](const Bytes& brought) {
    table->Add({kGroups, ServiceOf(snapshot, flow), false}, brought);
  };
  if (from == End::kGroup) add_group({0, bytes});
  if (to == End::kGroup) add_group({bytes, 0});
  const auto is_here = [](End end) {
    return end == End::kLocal || end == End::kGroup;
  };
  if (is_here(from) || is_here(to)) return;
  const bool is_unknown = from == End::kUnknown || to == End::kUnknown;
  table->Add({is_unknown ? kOther : kTransit, ServiceOf(snapshot, flow), false},
             {bytes, 0});
}

// Leaves one entry per host and service.
void UsageAttribution::MergeWaiting() {
  std::ranges::sort(waiting_, {}, &Waiting::hash);
  size_t count = 0;
  for (const Waiting& one : waiting_) {
    if (count > 0 && waiting_[count - 1].hash == one.hash) {
      waiting_[count - 1].bytes += one.bytes;
    } else {
      waiting_[count++] = one;
    }
  }
  waiting_.resize(count);
}

void UsageAttribution::Settle(const Snapshot& snapshot, UsageTable* table) {
  if (waiting_.empty()) return;
  MergeWaiting();
  const size_t most = std::min(waiting_.size(), UsageTable::kMaxRows / 4);
  std::ranges::nth_element(
      waiting_, waiting_.begin() + static_cast<std::ptrdiff_t>(most),
      std::ranges::greater(), [](const Waiting& w) { return w.bytes.sum(); });
  // Rows from before this run have no hash.
  const bool is_hashed = table->is_hashed();
  std::map<std::string, Bytes> others;
  for (size_t i = 0; i < waiting_.size(); ++i) {
    const Waiting& one = waiting_[i];
    std::string service = ServiceOf(snapshot, one.flow);
    if (i >= most && is_hashed) {
      others[std::move(service)] += one.bytes;
      continue;
    }
    const FlowKey& flow = snapshot.flows[one.flow].key;
    const UsageKey key =
        one.is_source
            ? KeyOf(snapshot, flow.Src(), snapshot.labels.src_prefix, service)
            : KeyOf(snapshot, flow.Dst(), snapshot.labels.dst_prefix, service);
    if (i < most || table->rows().contains(key)) {
      table->Add(key, one.bytes, one.hash);
    } else {
      others[std::move(service)] += one.bytes;
    }
  }
  for (const auto& [service, bytes] : others) {
    table->Add({kOther, service, false}, bytes);
  }
  waiting_.clear();
}

UsageAttribution::End UsageAttribution::EndOf(const Snapshot& snapshot,
                                              const Address& address,
                                              const PrefixBits& prefix) {
  switch (address.kind) {
    case AddressKind::kNone:
    case AddressKind::kOther:
      return End::kUnknown;
    case AddressKind::kInternet:
      return End::kRemote;
    case AddressKind::kName:
      return IsLocalName(snapshot, address) ? End::kLocal : End::kRemote;
    default:
      break;
  }
  if (IsNoHost(snapshot, address, prefix)) return End::kGroup;
  return snapshot.local_networks && snapshot.local_networks->Contains(address)
             ? End::kLocal
             : End::kRemote;
}

bool UsageAttribution::IsLocalName(const Snapshot& snapshot,
                                   const Address& name) {
  if (snapshot.names == nullptr || snapshot.names->names() == nullptr ||
      snapshot.local_networks == nullptr) {
    return false;
  }
  if (snapshot.names->names() != names_) {
    names_ = snapshot.names->names();
    local_names_ = snapshot.names->NamesIn(*snapshot.local_networks);
  }
  return local_names_.contains(name);
}

}  // namespace ntm::usage
