// A range of addresses that begin alike, and which ranges are local.
//
// Units    prefix lengths in bits: 0 to 32 (IPv4), 0 to 128 (IPv6).
// Shape    a network holds addresses of its own kind only: ::ffff:10.0.0.1 is
//          not in 10.0.0.0/8, a MAC address is in none.
// Threads  value types and pure functions.
// Errors   what is no network is std::nullopt.
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
  Address address;  // its first one: bits past the prefix are zero
  uint8_t prefix_bits = 0;

  bool Contains(const Address& other) const noexcept;

  friend bool operator==(const Network&, const Network&) = default;
};

// Returns `address` with all bits past the prefix set to zero; one that is no
// IP address as it is. Longer prefixes than the kind has are the whole address.
Address FirstOf(const Address& address, uint8_t prefix_bits) noexcept;

// Reads "10.0.0.0/8", "fd00::/8", or a single address, which is a network of
// its own. Bits past the prefix may be set ("10.1.2.3/8") and are dropped.
std::optional<Network> ParseNetwork(std::string_view text);

// "10.0.0.0/8".
std::string ToString(const Network& network);

// What is local where nobody has said otherwise: private (10.0.0.0/8,
// 172.16.0.0/12, 192.168.0.0/16, fc00::/7), link-local (169.254.0.0/16,
// fe80::/10) and loopback (127.0.0.0/8, ::1/128).
std::span<const Network> DefaultLocalNetworks();

// Returns true iff one of the networks holds the address. A MAC address is
// always local: it does not leave its link.
bool IsLocal(const Address& address,
             std::span<const Network> networks) noexcept;
bool IsLocal(const Address& address) noexcept;  // of DefaultLocalNetworks()

}  // namespace ntm
