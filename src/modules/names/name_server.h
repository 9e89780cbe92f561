// Parses the addresses of DNS servers, from --dns-server and /etc/resolv.conf.
//
// Shape    "192.168.0.1", "127.0.0.1:5353", "[::1]:5353", "::1"; a link-local
//          IPv6 address is followed by its scope, which is the interface:
//          "fe80::1%eth0", "[fe80::1%eth0]:53".
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

// The value of --dns-server, a comma-separated list; "" for none.
std::vector<NameServer> ParseNameServers(const std::string& list);

struct SystemServers {
  std::vector<NameServer> usable;
  std::vector<std::string> others;  // listed there, but not usable
};

// The servers in a file like /etc/resolv.conf; 127.0.0.1 if it has none.
SystemServers ReadSystemServers(std::string_view resolv_conf);

}  // namespace ntm::names
