#include "ntm/net/link.h"

#include <linux/if.h>
#include <linux/rtnetlink.h>
#include <netlink/netlink.h>
#include <netlink/route/link.h>
#include <netlink/route/route.h>
#include <sys/socket.h>

#include <algorithm>
#include <filesystem>
#include <limits>

#include "ntm/base/error.h"
#include "ntm/net/netlink_connection.h"

namespace ntm {
namespace {

using Cache = std::unique_ptr<nl_cache, decltype(&nl_cache_free)>;
using Link = std::unique_ptr<rtnl_link, decltype(&rtnl_link_put)>;

LinkState StateOf(rtnl_link* link) {
  LinkState state;
  const char* name = rtnl_link_get_name(link);
  state.name = name != nullptr ? name : "";
  state.index = rtnl_link_get_ifindex(link);
  const unsigned flags = rtnl_link_get_flags(link);
  state.admin_up = (flags & IFF_UP) != 0;
  state.has_carrier = (flags & IFF_LOWER_UP) != 0;
  state.is_loopback = (flags & IFF_LOOPBACK) != 0;
  const char* type = rtnl_link_get_type(link);
  state.kind = type != nullptr ? type : "";
  state.is_bridge = state.kind == "bridge";
  state.master_index = rtnl_link_get_master(link);
  // The index of an interface in another namespace is not valid in this one.
  int32_t elsewhere = 0;
  state.lower_is_elsewhere = rtnl_link_get_link_netnsid(link, &elsewhere) == 0;
  if (!state.lower_is_elsewhere) state.lower_index = rtnl_link_get_link(link);
  state.promiscuity = rtnl_link_get_promiscuity(link);
  std::error_code ignored;
  state.is_hardware = std::filesystem::exists(
      "/sys/class/net/" + state.name + "/device", ignored);
  state.mtu_bytes = rtnl_link_get_mtu(link);
  state.receive_bytes = rtnl_link_get_stat(link, RTNL_LINK_RX_BYTES);
  state.transmit_bytes = rtnl_link_get_stat(link, RTNL_LINK_TX_BYTES);
  return state;
}

// The output interface of a default route in the main table, or 0.
int DefaultRouteInterface(rtnl_route* route) {
  if (rtnl_route_get_table(route) != RT_TABLE_MAIN ||
      rtnl_route_get_type(route) != RTN_UNICAST ||
      nl_addr_get_prefixlen(rtnl_route_get_dst(route)) != 0) {
    return 0;
  }
  rtnl_nexthop* hop = rtnl_route_nexthop_n(route, 0);
  return hop != nullptr ? rtnl_route_nh_get_ifindex(hop) : 0;
}

}  // namespace

struct Links::Socket {
  Socket() {
    const int error = Connect(NETLINK_ROUTE, &connection);
    if (error < 0) {
      throw Error(std::string("cannot read the state of the interfaces: "
                              "netlink: ") +
                  nl_geterror(error) +
                  "; allow AF_NETLINK sockets for this process");
    }
  }
  int DefaultRoute(int family) const {
    nl_cache* routes = nullptr;
    if (rtnl_route_alloc_cache(connection.get(), family, 0, &routes) < 0)
      return 0;
    const Cache owner(routes, nl_cache_free);
    int found = 0;
    uint32_t lowest = std::numeric_limits<uint32_t>::max();
    for (nl_object* object = nl_cache_get_first(routes); object != nullptr;
         object = nl_cache_get_next(object)) {
      auto* route = reinterpret_cast<rtnl_route*>(object);
      const int index = DefaultRouteInterface(route);
      const uint32_t metric = rtnl_route_get_priority(route);
      if (index != 0 && (found == 0 || metric < lowest)) {
        found = index;
        lowest = metric;
      }
    }
    return found;
  }

  NetlinkConnection connection;
};

Links::Links() : socket_(std::make_unique<Socket>()) {}
Links::~Links() = default;

std::optional<LinkState> Links::Find(const std::string& name) {
  rtnl_link* link = nullptr;
  if (rtnl_link_get_kernel(socket_->connection.get(), 0, name.c_str(), &link) <
      0) {
    return std::nullopt;
  }
  const Link owner(link, rtnl_link_put);
  // The kernel also finds an interface by its alternative names.
  if (name != rtnl_link_get_name(link)) return std::nullopt;
  return StateOf(link);
}

std::vector<LinkState> Links::All() {
  std::vector<LinkState> all;
  nl_cache* links = nullptr;
  if (rtnl_link_alloc_cache(socket_->connection.get(), AF_UNSPEC, &links) < 0)
    return all;
  const Cache owner(links, nl_cache_free);
  for (nl_object* object = nl_cache_get_first(links); object != nullptr;
       object = nl_cache_get_next(object)) {
    all.push_back(StateOf(reinterpret_cast<rtnl_link*>(object)));
  }
  return all;
}

std::string Links::DefaultInterface() {
  int index = socket_->DefaultRoute(AF_INET);
  if (index == 0) index = socket_->DefaultRoute(AF_INET6);
  const std::vector<LinkState> all = All();
  const auto by_route = std::ranges::find(all, index, &LinkState::index);
  if (index != 0 && by_route != all.end()) return by_route->name;
  const auto up = std::ranges::find_if(all, [](const LinkState& link) {
    return link.admin_up && !link.is_loopback;
  });
  return up != all.end() ? up->name : std::string();
}

}  // namespace ntm
