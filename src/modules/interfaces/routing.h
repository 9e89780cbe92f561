// Whether this machine is a router, and where its default routes lead.
//
// Shape    the main table alone: rules of policy routing are not looked at.
//          IPv6's default routes only where IPv4 has none.
// Threads  pure functions; ReadRouting() reads /proc.
// Errors   none: what cannot be read is not there.
// Source   proc_pid_net(5); Linux net/ipv4/fib_trie.c (the default routes come
//          first in /proc/net/route), net/ipv6/route.c;
//          Documentation/networking/ip-sysctl.rst.
#pragma once

#include <istream>
#include <string>
#include <vector>

namespace ntm::interfaces {

struct Routing {
  bool forwards = false;  // packets that are not for this machine
  std::vector<std::string> default_interfaces;
};

// The interfaces of default routes in /proc/net/route and /proc/net/ipv6_route.
// Of the first nothing past the default routes is read: a router of the
// internet has a million others.
std::vector<std::string> ParseRoutes(std::istream& lines);
std::vector<std::string> ParseIpv6Routes(std::istream& lines);

Routing ReadRouting();

}  // namespace ntm::interfaces
