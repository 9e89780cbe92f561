// Puts the addresses of one device together, and says what is known of hosts.
//
// Units    bytes; bytes per second.
// Shape    only addresses that a snapshot shows as such: no alias, no network.
// Threads  one user at a time.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "live_view.h"
#include "ntm/flow/snapshot.h"
#include "ntm/module/reports.h"
#include "ntm/net/host_names.h"

namespace ntm::web {

struct Sum {
  double up_rate = 0;
  double down_rate = 0;
  uint64_t up = 0;
  uint64_t down = 0;
  PrefixBits prefix;
  Address peer;  // kNone: none yet, or several
  bool has_peer = false;

  void Add(bool is_up, double rate, uint64_t bytes) {
    (is_up ? up_rate : down_rate) += rate;
    (is_up ? up : down) += bytes;
  }
  void AddPeer(const Address& other) {
    if (has_peer && peer != other) peer = Address();
    if (!has_peer) peer = other;
    has_peer = true;
  }
};

using HostSums = std::unordered_map<Address, Sum, AddressHash>;

// The addresses that were put together, by the text of the first one.
using DeviceGroups = std::unordered_map<std::string, std::vector<std::string>>;

class ShownHosts {
 public:
  ShownHosts(const Snapshot& snapshot, const Reports& reports);

  // Leaves the sum of each device at the first of its addresses.
  DeviceGroups Group(HostSums* hosts) const;

  // The names of hosts; nullptr if none may be shown.
  const HostNames* names() const noexcept { return names_; }

  // Fills in what is known.
  void Describe(const DeviceGroups& groups, std::vector<Talker>* hosts) const;

 private:
  const DeviceReport* devices_ = nullptr;
  const HostNames* names_ = nullptr;
};

}  // namespace ntm::web
