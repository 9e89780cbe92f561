// The hardware addresses that the kernel knows: of this machine's neighbours,
// of this machine itself, and which of them are routers.
//
// Shape    a neighbour is listed if it has answered (or was configured) and has
//          a hardware address of six octets; what the kernel only asks for is
//          not. Routers are the gateways of the default routes, and hardware
//          addresses with more than kMostAddresses addresses, since behind
//          these are others.
// Threads  one thread at a time per NeighbourReader; a Neighbours is a value.
// Errors   NeighbourReader throws ntm::Error if netlink cannot be used.
// Source   rtnetlink(7), Linux include/uapi/linux/neighbour.h; proc_pid_net(5),
//          Linux net/ipv4/fib_trie.c, net/ipv6/route.c.
#pragma once

#include <cstddef>
#include <istream>
#include <string>
#include <unordered_map>
#include <unordered_set>

#include "ntm/net/address.h"
#include "ntm/net/host_names.h"
#include "ntm/net/netlink_connection.h"

namespace ntm::devices {

using AddressSet = std::unordered_set<Address, AddressHash>;

struct Neighbours {
  // A device with privacy addresses has up to about eight of them.
  static constexpr size_t kMostAddresses = 24;

  std::unordered_map<Address, Address, AddressHash> macs;  // by address
  AddressSet gateways;                                     // of default routes
  std::unordered_map<Address, Address, AddressHash> own;   // this machine's

  // The hardware addresses that stand for more than one host.
  AddressSet Routers() const;
};

// The gateways of default routes in /proc/net/route and /proc/net/ipv6_route;
// not by netlink, which would list the million routes of an internet router.
AddressSet ParseGateways(std::istream& lines);
AddressSet ParseIpv6Gateways(std::istream& lines);

class NeighbourReader {
 public:
  NeighbourReader();

  Neighbours Read();

 private:
  NetlinkConnection socket_;
};

}  // namespace ntm::devices
