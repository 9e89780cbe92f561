// Parses host names from the lease file of a DHCP server.
//
// Shape    two formats, detected by the first line that is not empty or a
//          comment: dnsmasq  "<expiry> <MAC or IAID> <address> <name or *>
//          <client id>", expiry in s since the epoch, 0 for never ISC dhcpd's
//          "lease <address> { … }" with ends, binding state and
//          client-hostname; the last lease of an address is used. Leases that
//          have expired, were released or have no name are ignored.
// Units    s since the epoch.
// Threads  a pure function.
// Errors   none; invalid lines are skipped.
// Source   dnsmasq's src/lease.c; dhcpd.leases(5).
#pragma once

#include <cstdint>
#include <string_view>

#include "hosts_file.h"

namespace ntm::names {

FoundNames ParseLeases(std::string_view text, int64_t now_seconds);

}  // namespace ntm::names
