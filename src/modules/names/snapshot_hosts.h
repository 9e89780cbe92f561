// The hosts of a snapshot, whose names may be wanted.
//
// Threads  pure functions.
// Errors   none.
#pragma once

#include <functional>
#include <vector>

#include "ntm/flow/snapshot.h"
#include "ntm/net/address.h"

namespace ntm::names {

// True for unicast addresses. The first address of a network is not a host.
bool IsHost(const Address& address);

// Each host of a series for which `is_wanted`, once.
std::vector<Address> HostsOf(
    const Snapshot& snapshot,
    const std::function<bool(const Address&)>& is_wanted);
std::vector<Address> HostsOf(const Snapshot& snapshot);

}  // namespace ntm::names
