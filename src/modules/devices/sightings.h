// Finds the local hosts in snapshots that count as seen: an address on the
// local networks that has sent or received packets since the last snapshot, and
// that
//   - is in the kernel's table of neighbours, or is this machine's; or
//   - is an IPv4 address without a neighbour's entry that has sent and has
//     received, for kPatienceSeconds, as where ntm only watches a copy of the
//     traffic.
// An IPv6 address without hardware address counts as no host, since a device
// changes it every day.
//
// Units    seconds since the epoch.
// Shape    at most kMostWaiting addresses are waiting; further ones are not
//          looked at until there is room.
// Threads  one user at a time.
#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "device_book.h"
#include "neighbours.h"
#include "ntm/flow/snapshot.h"

namespace ntm::devices {

class Sightings {
 public:
  static constexpr int64_t kPatienceSeconds = 30;
  static constexpr size_t kMostWaiting = 4096;

  std::vector<Sighting> In(const Snapshot& snapshot,
                           const Neighbours& neighbours);

 private:
  struct Moved {
    bool has_sent = false;
    bool has_received = false;
    int64_t last_s = 0;
  };
  struct Waiting {
    Moved moved;
    int64_t first_s = 0;
  };
  using Hosts = std::unordered_map<Address, Moved, AddressHash>;

  Hosts MovedHosts(const Snapshot& snapshot);
  bool IsProven(const Address& address, const Moved& moved, int64_t now_s);

  int64_t looked_until_ns_ = 0;
  std::unordered_map<Address, Waiting, AddressHash> waiting_;
};

}  // namespace ntm::devices
