// Which of the chosen interfaces bring the same packet more than once.
//
// Shape    a packet is seen by every layer that it passes: a bridge and its
//          ports, a bond and its members, a VLAN (macvlan, ipvlan …) and its
//          parent, both ends of a veth pair, and whatever lies on these in
//          turn; and by both of two ports of one bridge, if it is passed on
//          between them. `any` sees them all. Not told: a packet that the
//          host routes from one interface to another, and tunnels, whose
//          packets are others inside and outside.
// Threads  pure functions.
// Source   rtnetlink(7): IFLA_MASTER, IFLA_LINK, IFLA_INFO_KIND.
#pragma once

#include <string>
#include <vector>

#include "ntm/net/link.h"

namespace ntm {

struct Overlap {
  std::string interface;  // the one above, where one lies on the other
  std::string with;       // may be the same: named twice, or `any` alone
  std::string reason;     // "va is a port of br0", for a person to read

  friend bool operator==(const Overlap&, const Overlap&) = default;
};

// Every overlapping pair of `chosen`, each once, in the order of `chosen`.
// An interface that is not among `links` overlaps with nothing but itself.
std::vector<Overlap> FindOverlaps(const std::vector<std::string>& chosen,
                                  const std::vector<LinkState>& links);

}  // namespace ntm
