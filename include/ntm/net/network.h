// An IP network (address and prefix length), and the default local networks.
//
// Units    prefix lengths in bits: 0 to 32 (IPv4), 0 to 128 (IPv6).
// Shape    a network holds addresses of its own kind only: ::ffff:10.0.0.1 is
//          not in 10.0.0.0/8, a MAC address is in none.
// Threads  value types and pure functions.
// Errors   text that is not a network gives std::nullopt.
// Source   RFC 4632 (CIDR), RFC 1918, 4193, 3927, 4291 (the local ranges).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "ntm/net/address.h"

namespace ntm {

struct Network {
  Address address;  // the first one: the bits after the prefix are zero
  uint8_t prefix_bits = 0;

  bool Contains(const Address& other) const noexcept;

  friend bool operator==(const Network&, const Network&) = default;
};

// Returns `address` with all bits after the prefix set to zero. An address that
// is not IP does not change, and one with a longer prefix than its kind has
// neither.
Address FirstOf(const Address& address, uint8_t prefix_bits) noexcept;

// Parses "10.0.0.0/8", "fd00::/8" or a single address (a /32 or /128). Bits
// after the prefix ("10.1.2.3/8") are cleared.
std::optional<Network> ParseNetwork(std::string_view text);

// "10.0.0.0/8".
std::string ToString(const Network& network);

// The networks that are local by default: private (10.0.0.0/8, 172.16.0.0/12,
// 192.168.0.0/16, fc00::/7), link-local (169.254.0.0/16, fe80::/10) and
// loopback (127.0.0.0/8, ::1/128).
std::span<const Network> DefaultLocalNetworks();

// Returns true iff one of the networks holds the address. A MAC address is
// always local: it does not leave its link.
bool IsLocal(const Address& address,
             std::span<const Network> networks) noexcept;
bool IsLocal(const Address& address) noexcept;  // in DefaultLocalNetworks()

}  // namespace ntm
