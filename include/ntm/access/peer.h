// Maps the addresses of one client to one peer, for limits and for the log.
//
// Shape    an IPv4 address is one peer. An IPv6 /64 is one peer, because one
//          link or one customer has all of it; but each link-local address is
//          a peer of its own. All loopback addresses are one peer, this
//          machine.
// Threads  pure functions.
// Source   RFC 4291 section 2.5.4 (interface ids of 64 bits), RFC 6177.
#pragma once

#include <string>

#include "ntm/net/address.h"

namespace ntm {

bool IsLoopback(const Address& address) noexcept;

// The address that represents the peer.
Address OnePeer(const Address& address) noexcept;

// The same for the text of HttpRequest::peer_address; Address() if that is not
// an address.
Address OnePeer(const std::string& address);

// For the log: "192.0.2.1", "2001:db8::/64", "this machine".
std::string PeerText(const Address& peer);

}  // namespace ntm
