// Who counts as one peer of the server, whatever addresses it takes.
//
// Shape    an IPv4 address; of IPv6 the /64 that is one link's or one
//          customer's, but for link-local addresses, which are a host's each;
//          all of loopback is one, this machine.
// Threads  pure functions.
// Source   RFC 4291 section 2.5.4 (interface ids of 64 bits), RFC 6177.
#pragma once

#include <string>

#include "ntm/net/address.h"

namespace ntm {

bool IsLoopback(const Address& address) noexcept;

// The address that stands for all of the peer's.
Address OnePeer(const Address& address) noexcept;

// The same for a text as HttpRequest::peer_address has it; of what is no
// address Address().
Address OnePeer(const std::string& address);

// For the log: "192.0.2.1", "2001:db8::/64", "this machine".
std::string PeerText(const Address& peer);

}  // namespace ntm
