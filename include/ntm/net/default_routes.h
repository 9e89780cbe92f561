// Reads the default routes from /proc/net/route and /proc/net/ipv6_route; not
// by netlink, which would list the million routes of an internet router.
//
// Shape    only the main routing table, and only routes that are up and do not
//          reject. In the IPv4 file the default routes come first, and reading
//          ends after them; in the IPv6 file they come last, so a bound on the
//          lines limits the time for a large table.
// Threads  pure functions.
// Errors   none: a line that is not in the format is skipped.
// Source   proc_pid_net(5); Linux net/ipv4/fib_trie.c, net/ipv6/route.c.
#pragma once

#include <istream>
#include <string>
#include <vector>

#include "ntm/net/address.h"

namespace ntm {

struct DefaultRoute {
  std::string interface;
  Address gateway;           // kNone: what it leads to is on the link
  bool leads_to_all = true;  // false: to a part, as 0.0.0.0/1 does
};

std::vector<DefaultRoute> ParseDefaultRoutes(std::istream& lines);
std::vector<DefaultRoute> ParseIpv6DefaultRoutes(std::istream& lines);

}  // namespace ntm
