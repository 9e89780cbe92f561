#include "neighbours.h"

#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <netlink/netlink.h>
#include <netlink/route/addr.h>
#include <netlink/route/link.h>
#include <netlink/route/neighbour.h>

#include <fstream>
#include <memory>
#include <optional>
#include <vector>

#include "ntm/base/error.h"
#include "ntm/net/default_routes.h"

namespace ntm::devices {
namespace {

constexpr int kMacBytes = 6;
constexpr int kIpv4Bytes = 4;
constexpr int kIpv6Bytes = 16;

using NlCache = std::unique_ptr<nl_cache, decltype(&nl_cache_free)>;

std::optional<Address> IpOf(nl_addr* address) {
  if (address == nullptr) return std::nullopt;
  const auto* octets =
      static_cast<const uint8_t*>(nl_addr_get_binary_addr(address));
  const unsigned bytes = nl_addr_get_len(address);
  if (nl_addr_get_family(address) == AF_INET && bytes == kIpv4Bytes) {
    return Address::Ipv4(octets);
  }
  if (nl_addr_get_family(address) == AF_INET6 && bytes == kIpv6Bytes) {
    return Address::Ipv6(octets);
  }
  return std::nullopt;
}

// Nothing for a link without hardware addresses, such as a tunnel.
std::optional<Address> MacOf(nl_addr* address) {
  if (address == nullptr || nl_addr_get_len(address) != kMacBytes) {
    return std::nullopt;
  }
  const Address mac = Address::Mac(
      static_cast<const uint8_t*>(nl_addr_get_binary_addr(address)));
  if (mac.bytes == Address().bytes || IsGroup(mac)) return std::nullopt;
  return mac;
}

[[noreturn]] void FailNetlink(int error) {
  throw Error(std::string("cannot read the table of neighbours: netlink: ") +
              nl_geterror(error) + "; hosts have no hardware address until " +
              "this works");
}

// Calls `take` for each object of a dump.
template <class T, class Take>
void ForEach(nl_cache* filled, int error, const Take& take) {
  if (error < 0) FailNetlink(error);
  const NlCache owner(filled, nl_cache_free);
  for (nl_object* object = nl_cache_get_first(filled); object != nullptr;
       object = nl_cache_get_next(object)) {
    take(reinterpret_cast<T*>(object));
  }
}

void ReadMacs(nl_sock* socket, Neighbours* neighbours) {
  constexpr int kAnswered =
      NUD_REACHABLE | NUD_STALE | NUD_DELAY | NUD_PROBE | NUD_PERMANENT;
  nl_cache* table = nullptr;
  const int error = rtnl_neigh_alloc_cache(socket, &table);
  ForEach<rtnl_neigh>(table, error, [&](rtnl_neigh* neighbour) {
    if ((rtnl_neigh_get_state(neighbour) & kAnswered) == 0) return;
    const auto address = IpOf(rtnl_neigh_get_dst(neighbour));
    const auto mac = MacOf(rtnl_neigh_get_lladdr(neighbour));
    if (address && mac) neighbours->macs.emplace(*address, *mac);
  });
}

void ReadOwn(nl_sock* socket, Neighbours* neighbours) {
  std::unordered_map<int, Address> by_index;
  nl_cache* links = nullptr;
  int error = rtnl_link_alloc_cache(socket, AF_UNSPEC, &links);
  ForEach<rtnl_link>(links, error, [&](rtnl_link* link) {
    const auto mac = MacOf(rtnl_link_get_addr(link));
    if (mac) by_index.emplace(rtnl_link_get_ifindex(link), *mac);
  });
  nl_cache* addresses = nullptr;
  error = rtnl_addr_alloc_cache(socket, &addresses);
  ForEach<rtnl_addr>(addresses, error, [&](rtnl_addr* own) {
    const auto address = IpOf(rtnl_addr_get_local(own));
    if (!address) return;
    const auto mac = by_index.find(rtnl_addr_get_ifindex(own));
    neighbours->own.emplace(*address,
                            mac == by_index.end() ? Address() : mac->second);
  });
}

AddressSet GatewaysOf(const std::vector<DefaultRoute>& routes) {
  AddressSet gateways;
  for (const DefaultRoute& route : routes) {
    if (route.gateway.kind != AddressKind::kNone) {
      gateways.insert(route.gateway);
    }
  }
  return gateways;
}

}  // namespace

AddressSet ParseGateways(std::istream& lines) {
  return GatewaysOf(ParseDefaultRoutes(lines));
}

AddressSet ParseIpv6Gateways(std::istream& lines) {
  return GatewaysOf(ParseIpv6DefaultRoutes(lines));
}

AddressSet Neighbours::Routers() const {
  AddressSet routers;
  std::unordered_map<Address, size_t, AddressHash> counts;
  for (const auto& [address, mac] : macs) {
    if (++counts[mac] > kMostAddresses || gateways.contains(address)) {
      routers.insert(mac);
    }
  }
  return routers;
}

NeighbourReader::NeighbourReader() {
  const int error = Connect(NETLINK_ROUTE, &socket_);
  if (error < 0) FailNetlink(error);
}

Neighbours NeighbourReader::Read() {
  Neighbours neighbours;
  ReadMacs(socket_.get(), &neighbours);
  std::ifstream routes("/proc/net/route");
  neighbours.gateways = ParseGateways(routes);
  std::ifstream ipv6_routes("/proc/net/ipv6_route");
  neighbours.gateways.merge(ParseIpv6Gateways(ipv6_routes));
  ReadOwn(socket_.get(), &neighbours);
  return neighbours;
}

}  // namespace ntm::devices
