// The DNS servers to ask: of --dns-server, or of the system.
//
// Shape    "192.168.0.1", "127.0.0.1:5353", "[::1]:5353", "::1"; a link-local
//          IPv6 address has a scope behind it, which is the interface to ask
//          on: "fe80::1%eth0", "[fe80::1%eth0]:53".
// Threads  pure functions.
// Errors   ParseNameServers() throws ntm::Error, exit code 2.
// Source   resolv.conf(5); RFC 4007 section 11 (scopes).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "ntm/net/address.h"

namespace ntm::names {

inline constexpr uint16_t kDnsPort = 53;

struct NameServer {
  Address address;
  std::string scope;  // an interface's name or number; "" for none
  uint16_t port = kDnsPort;

  friend bool operator==(const NameServer&, const NameServer&) = default;
};

// A list with commas, of --dns-server; "" is none.
std::vector<NameServer> ParseNameServers(const std::string& list);

struct SystemServers {
  std::vector<NameServer> usable;
  std::vector<std::string> others;  // named there, but not to be asked
};

// What a file like /etc/resolv.conf names; this machine's own if it names none.
SystemServers ReadSystemServers(std::string_view resolv_conf);

}  // namespace ntm::names
