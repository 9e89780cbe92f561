#include "routing.h"

#include <algorithm>
#include <fstream>

#include "ntm/net/default_routes.h"

namespace ntm::interfaces {
namespace {

void AddOnce(const std::string& name, std::vector<std::string>* names) {
  if (std::ranges::find(*names, name) == names->end()) names->push_back(name);
}

bool IsOne(const char* path) {
  std::ifstream file(path);
  int value = 0;
  return file >> value && value != 0;
}

}  // namespace

std::vector<std::string> ParseRoutes(std::istream& lines) {
  std::vector<std::string> names;
  for (const DefaultRoute& route : ParseDefaultRoutes(lines)) {
    if (route.leads_to_all && route.interface != "*") {
      AddOnce(route.interface, &names);
    }
  }
  return names;
}

std::vector<std::string> ParseIpv6Routes(std::istream& lines) {
  std::vector<std::string> names;
  for (const DefaultRoute& route : ParseIpv6DefaultRoutes(lines)) {
    if (route.interface != "lo") AddOnce(route.interface, &names);
  }
  return names;
}

Routing ReadRouting() {
  Routing routing;
  routing.forwards = IsOne("/proc/sys/net/ipv4/ip_forward") ||
                     IsOne("/proc/sys/net/ipv6/conf/all/forwarding");
  std::ifstream ipv4("/proc/net/route");
  routing.default_interfaces = ParseRoutes(ipv4);
  if (!routing.default_interfaces.empty()) return routing;
  std::ifstream ipv6("/proc/net/ipv6_route");
  routing.default_interfaces = ParseIpv6Routes(ipv6);
  return routing;
}

}  // namespace ntm::interfaces
