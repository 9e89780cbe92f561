#include "sightings.h"

#include <algorithm>

#include "ntm/base/unix_time.h"
#include "ntm/net/local_networks.h"

namespace ntm::devices {
namespace {

// After this time without packets an address begins to wait anew.
constexpr int64_t kWaitingForgottenSeconds = 600;

bool IsLoopback(const Address& address) {
  constexpr uint8_t kIpv4Loopback = 127;
  static const Address kIpv6Loopback = *ParseAddress("::1");
  return address.kind == AddressKind::kIpv4 ? address.bytes[0] == kIpv4Loopback
                                            : address == kIpv6Loopback;
}

// A unicast address that is not this host's alone.
bool IsLocalHost(const LocalNetworks& networks, const Address& address) {
  return (address.kind == AddressKind::kIpv4 ||
          address.kind == AddressKind::kIpv6) &&
         address.bytes != Address().bytes && !IsGroup(address) &&
         !IsLoopback(address) && networks.Contains(address);
}

}  // namespace

Sightings::Hosts Sightings::MovedHosts(const Snapshot& snapshot) {
  Hosts hosts;
  if (snapshot.local_networks == nullptr) return hosts;
  const auto add = [&](const Address& address, int64_t seen_ns) -> Moved* {
    if (!IsLocalHost(*snapshot.local_networks, address)) return nullptr;
    Moved& moved = hosts[address];
    moved.last_s = std::max(moved.last_s, seen_ns / kNsPerSecond);
    return &moved;
  };
  const FlowLabelOptions& labels = snapshot.labels;
  for (const Flow& flow : snapshot.flows) {
    if (flow.last_seen_ns < looked_until_ns_) continue;
    // The first address of a network is not a host.
    const Address src = flow.key.Src();
    if (!labels.src_prefix.Folds(src.kind)) {
      if (Moved* moved = add(src, flow.last_seen_ns)) moved->has_sent = true;
    }
    const Address dst = flow.key.Dst();
    if (!labels.dst_prefix.Folds(dst.kind)) {
      if (Moved* moved = add(dst, flow.last_seen_ns)) {
        moved->has_received = true;
      }
    }
  }
  if (snapshot.names != nullptr) {
    for (const Address& address : snapshot.names->SeenSince(looked_until_ns_)) {
      add(address, snapshot.time_ns);
    }
  }
  looked_until_ns_ = snapshot.time_ns - kNsPerSecond;
  return hosts;
}

bool Sightings::IsProven(const Address& address, const Moved& moved,
                         int64_t now_s) {
  if (address.kind != AddressKind::kIpv4) return false;
  auto found = waiting_.find(address);
  if (found == waiting_.end()) {
    if (waiting_.size() >= kMostWaiting) return false;
    found = waiting_.emplace(address, Waiting{{}, now_s}).first;
  }
  Waiting& waiting = found->second;
  waiting.moved.has_sent |= moved.has_sent;
  waiting.moved.has_received |= moved.has_received;
  waiting.moved.last_s = now_s;
  return waiting.moved.has_sent && waiting.moved.has_received &&
         now_s - waiting.first_s >= kPatienceSeconds;
}

std::vector<Sighting> Sightings::In(const Snapshot& snapshot,
                                    const Neighbours& neighbours) {
  const int64_t now_s = snapshot.time_ns / kNsPerSecond;
  std::erase_if(waiting_, [&](const auto& entry) {
    return now_s - entry.second.moved.last_s > kWaitingForgottenSeconds;
  });
  const AddressSet routers = neighbours.Routers();
  std::vector<Sighting> sightings;
  for (const auto& [address, moved] : MovedHosts(snapshot)) {
    Sighting sighting{address, {}, false, false, moved.last_s};
    const auto own = neighbours.own.find(address);
    const auto neighbour = neighbours.macs.find(address);
    if (own != neighbours.own.end()) {
      sighting.is_self = true;
      sighting.mac = own->second;
    } else if (neighbour != neighbours.macs.end()) {
      sighting.mac = neighbour->second;
      sighting.is_router = routers.contains(sighting.mac);
      if (sighting.is_router && address.kind == AddressKind::kIpv6) continue;
    } else if (!IsProven(address, moved, now_s)) {
      continue;
    }
    sightings.push_back(sighting);
  }
  return sightings;
}

}  // namespace ntm::devices
