#include "snapshot_hosts.h"

#include <chrono>
#include <unordered_set>

#include "ntm/net/host_names.h"

namespace ntm::names {
namespace {

// With --names-in-labels an address with a name is in no series, so it counts
// as present for this time after it was last seen.
constexpr std::chrono::nanoseconds kNamedFor = std::chrono::minutes(15);

}  // namespace

bool IsHost(const Address& address) {
  constexpr uint8_t kFirstIpv4Group = 224;
  constexpr uint8_t kIpv6Group = 0xff;
  const uint8_t first = address.bytes[0];
  if (address.bytes == Address().bytes) return false;
  return (address.kind == AddressKind::kIpv4 && first < kFirstIpv4Group) ||
         (address.kind == AddressKind::kIpv6 && first != kIpv6Group);
}

std::vector<Address> HostsOf(
    const Snapshot& snapshot,
    const std::function<bool(const Address&)>& is_wanted) {
  std::unordered_set<Address, AddressHash> seen;
  std::vector<Address> hosts;
  const auto add = [&](const Address& address) {
    if (IsHost(address) && is_wanted(address) && seen.insert(address).second) {
      hosts.push_back(address);
    }
  };
  const auto add_whole = [&](const Address& address, const PrefixBits& prefix) {
    if (!prefix.Folds(address.kind)) add(address);
  };
  for (const Flow& flow : snapshot.flows) {
    add_whole(flow.key.Src(), snapshot.labels.src_prefix);
    add_whole(flow.key.Dst(), snapshot.labels.dst_prefix);
  }
  if (snapshot.names) {
    for (const Address& address :
         snapshot.names->SeenSince(snapshot.time_ns - kNamedFor.count())) {
      add(address);
    }
  }
  return hosts;
}

std::vector<Address> HostsOf(const Snapshot& snapshot) {
  return HostsOf(snapshot, [](const Address&) { return true; });
}

}  // namespace ntm::names
