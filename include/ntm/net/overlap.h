// Finds chosen interfaces on which the same packet is captured more than once.
//
// Shape    a packet is seen on every layer that it passes: a bridge and its
//          ports, a bond and its members, a VLAN (macvlan, ipvlan …) and its
//          parent, both ends of a veth pair, and on all interfaces stacked on
//          these; and on two ports of one bridge, if the bridge forwards it.
//          `any` sees them all. Not reported: packets that the host routes from
//          one interface to another, and tunnels, whose inner and outer packets
//          differ.
// Threads  pure functions.
// Source   rtnetlink(7): IFLA_MASTER, IFLA_LINK, IFLA_INFO_KIND.
#pragma once

#include <string>
#include <vector>

#include "ntm/net/link.h"

namespace ntm {

struct Overlap {
  std::string interface;  // the upper one, if they are stacked
  std::string with;       // the same, if it was named twice or is `any`
  std::string reason;     // for people: "va is a port of br0"

  friend bool operator==(const Overlap&, const Overlap&) = default;
};

// Every overlapping pair of `chosen`, each once, in the order of `chosen`.
// An interface that is not in `links` overlaps only with itself.
std::vector<Overlap> FindOverlaps(const std::vector<std::string>& chosen,
                                  const std::vector<LinkState>& links);

}  // namespace ntm
