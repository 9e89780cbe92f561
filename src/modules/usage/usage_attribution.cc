#include "usage_attribution.h"

#include "ntm/network.h"

namespace ntm::usage {
namespace {

constexpr uint8_t kFirstGroupOctet = 224;

// Multicast and broadcast.
bool IsGroup(const Address& address) {
  switch (address.kind) {
    case AddressKind::kIpv4:
      return address.bytes[0] >= kFirstGroupOctet;
    case AddressKind::kIpv6:
      return address.bytes[0] == 0xff;
    case AddressKind::kMac:
      return (address.bytes[0] & 1) != 0;
    default:
      return false;
  }
}

UsageKey KeyOf(const Snapshot& snapshot, const Address& address,
               const PrefixBits& prefix, std::string_view service) {
  UsageKey key;
  key.service = service;
  if (address.kind == AddressKind::kName) {
    key.host = snapshot.names ? snapshot.names->Text(address) : "";
    return key;
  }
  key.is_alias = snapshot.anonymizer != nullptr;
  if (key.is_alias && address.kind == AddressKind::kMac) {
    key.host = "mac";
    return key;
  }
  Address shown = key.is_alias ? snapshot.anonymizer->Alias(address) : address;
  const bool is_network = prefix.Folds(address.kind);
  if (is_network) shown = FirstOf(shown, prefix.Of(address.kind));
  key.host = ToString(shown);
  if (is_network) key.host += '/' + std::to_string(prefix.Of(address.kind));
  return key;
}

}  // namespace

void UsageAttribution::Add(const Snapshot& snapshot, size_t flow,
                           uint64_t bytes, UsageTable* table) {
  const FlowKey& key = snapshot.flows[flow].key;
  const std::string_view service =
      snapshot.services ? snapshot.services->Name(key.service()) : "";
  const Address src = key.Src();
  const Address dst = key.Dst();
  const End from = EndOf(snapshot, src);
  const End to = EndOf(snapshot, dst);
  if (from == End::kLocal) {
    table->Add(KeyOf(snapshot, src, snapshot.labels.src_prefix, service),
               {0, bytes});
  }
  if (to == End::kLocal) {
    table->Add(KeyOf(snapshot, dst, snapshot.labels.dst_prefix, service),
               {bytes, 0});
  }
  if (from == End::kLocal || to == End::kLocal) return;
  const bool is_unknown = from == End::kUnknown || to == End::kUnknown;
  table->Add({is_unknown ? kOther : kTransit, std::string(service), false},
             {bytes, 0});
}

UsageAttribution::End UsageAttribution::EndOf(const Snapshot& snapshot,
                                              const Address& address) {
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
  if (IsGroup(address)) return End::kNobody;
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
    local_names_.clear();
    for (const auto& [address, host] : names_->all()) {
      if (snapshot.local_networks->Contains(address)) {
        local_names_.insert(host.name);
      }
    }
  }
  return local_names_.contains(std::string(snapshot.names->Text(name)));
}

}  // namespace ntm::usage
