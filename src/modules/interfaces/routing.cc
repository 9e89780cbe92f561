#include "routing.h"

#include <linux/ipv6_route.h>
#include <linux/route.h>

#include <algorithm>
#include <fstream>
#include <sstream>

namespace ntm::interfaces {
namespace {

// The IPv6 default routes come last, so a bound limits the time for a large
// table.
constexpr int kMaxIpv6Lines = 10'000;

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
  std::string line;
  std::getline(lines, line);  // the header
  while (std::getline(lines, line)) {
    std::istringstream words(line);
    std::string name;
    uint32_t destination = 0;
    uint32_t gateway = 0;
    uint32_t flags = 0;
    int references = 0;
    int uses = 0;
    int metric = 0;
    uint32_t mask = 0;
    if (!(words >> name >> std::hex >> destination >> gateway >> flags >>
          std::dec >> references >> uses >> metric >> std::hex >> mask)) {
      continue;
    }
    if (destination != 0) break;
    const bool leads = (flags & RTF_UP) != 0 && (flags & RTF_REJECT) == 0;
    if (mask == 0 && leads && name != "*") AddOnce(name, &names);
  }
  return names;
}

std::vector<std::string> ParseIpv6Routes(std::istream& lines) {
  std::vector<std::string> names;
  std::string line;
  for (int i = 0; i < kMaxIpv6Lines && std::getline(lines, line); ++i) {
    std::istringstream words(line);
    std::string destination;
    std::string length;
    std::string source;
    std::string source_length;
    std::string next_hop;
    std::string metric;
    std::string references;
    std::string uses;
    uint32_t flags = 0;
    std::string name;
    if (!(words >> destination >> length >> source >> source_length >>
          next_hop >> metric >> references >> uses >> std::hex >> flags >>
          name)) {
      continue;
    }
    const bool leads = (flags & RTF_UP) != 0 && (flags & RTF_REJECT) == 0;
    if (length == "00" && leads && name != "lo") AddOnce(name, &names);
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
