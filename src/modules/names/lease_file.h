// Reads names of hosts from the leases of a DHCP server.
//
// Shape    two forms, told apart by the first line that says something:
//          dnsmasq  "<expiry> <MAC or IAID> <address> <name or *> <client id>",
//                   expiry in s since the epoch, 0 for never
//          ISC      dhcpd's "lease <address> { … }" with ends, binding state
//                   and client-hostname; the last lease of an address counts.
//          Leases that are over, released or without a name give none.
// Units    s since the epoch.
// Threads  a pure function.
// Errors   none; a line that is neither is passed over.
// Source   dnsmasq's src/lease.c; dhcpd.leases(5).
#pragma once

#include <cstdint>
#include <string_view>

#include "hosts_file.h"

namespace ntm::names {

FoundNames ParseLeases(std::string_view text, int64_t now_seconds);

}  // namespace ntm::names
