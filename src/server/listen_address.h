// Parses the address that a server listens on: "host:port", "[v6]:port" or
// ":port".
//
// Shape    an empty host means every address, IPv4 and IPv6.
// Threads  a value type.
// Errors   ParseListenAddress() throws ntm::Error (exit code 2).
#pragma once

#include <sys/socket.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace ntm {

struct ListenAddress {
  std::string host;  // without brackets
  uint16_t port = 0;
};

ListenAddress ParseListenAddress(std::string_view text);

// "192.0.2.1:8000", "[2001:db8::1]:8000"; an IPv4-mapped IPv6 address is
// written as IPv4.
std::string FormatEndpoint(const sockaddr_storage& address);

}  // namespace ntm
