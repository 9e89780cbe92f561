// The names of well-known multicast groups and of broadcast.
//
// Shape    "mDNS" for 224.0.0.251; "" for a group without a name here, and for
//          the address of a host.
// Threads  any number at once.
// Errors   none.
// Source   IANA: IPv4 Multicast Address Space Registry; IPv6 Multicast Address
//          Space Registry; RFC 4291 section 2.7.1 (solicited-node); IEEE: MAC
//          group addresses of IEEE 802.1 and 802.3.
#pragma once

#include <string_view>

#include "ntm/net/address.h"

namespace ntm {

std::string_view GroupName(const Address& address) noexcept;

}  // namespace ntm
