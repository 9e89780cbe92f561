// Reads whether this machine forwards packets, and the interfaces of its
// default routes.
//
// Shape    only the main routing table; policy routing rules are ignored. IPv6
//          default routes are used only if IPv4 has none.
// Threads  pure functions; ReadRouting() reads /proc.
// Errors   none: a file that cannot be read counts as empty.
// Source   proc_pid_net(5); Linux net/ipv4/fib_trie.c (the default routes come
//          first in /proc/net/route), net/ipv6/route.c;
//          Documentation/networking/ip-sysctl.rst.
#pragma once

#include <istream>
#include <string>
#include <vector>

namespace ntm::interfaces {

struct Routing {
  bool forwards = false;  // IP forwarding is on
  std::vector<std::string> default_interfaces;
};

// The interfaces of default routes in /proc/net/route and /proc/net/ipv6_route.
// ParseRoutes() stops after the default routes, which come first: an internet
// router has a million others.
std::vector<std::string> ParseRoutes(std::istream& lines);
std::vector<std::string> ParseIpv6Routes(std::istream& lines);

Routing ReadRouting();

}  // namespace ntm::interfaces
