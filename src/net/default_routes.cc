#include "ntm/net/default_routes.h"

#include <linux/ipv6_route.h>
#include <linux/route.h>

#include <array>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <sstream>

namespace ntm {
namespace {

constexpr int kMaxIpv6Lines = 10'000;

bool IsUsable(uint32_t flags) {
  return (flags & RTF_UP) != 0 && (flags & RTF_REJECT) == 0;
}

// kNone if it is not an address in 32 hexadecimal digits.
Address Ipv6OfDigits(const std::string& digits) {
  std::array<uint8_t, 16> octets{};
  if (digits.size() != 2 * octets.size()) return {};
  for (size_t i = 0; i < octets.size(); ++i) {
    const char* begin = digits.data() + 2 * i;
    const auto [end, error] = std::from_chars(begin, begin + 2, octets[i], 16);
    if (error != std::errc() || end != begin + 2) return {};
  }
  return Address::Ipv6(octets.data());
}

}  // namespace

std::vector<DefaultRoute> ParseDefaultRoutes(std::istream& lines) {
  std::vector<DefaultRoute> routes;
  std::string line;
  std::getline(lines, line);  // the header
  while (std::getline(lines, line)) {
    std::istringstream words(line);
    DefaultRoute route;
    uint32_t destination = 0;
    uint32_t gateway = 0;
    uint32_t flags = 0;
    int references = 0;
    int uses = 0;
    int metric = 0;
    uint32_t mask = 0;
    if (!(words >> route.interface >> std::hex >> destination >> gateway >>
          flags >> std::dec >> references >> uses >> metric >> std::hex >>
          mask)) {
      continue;
    }
    if (destination != 0) break;
    if (!IsUsable(flags)) continue;
    if ((flags & RTF_GATEWAY) != 0) {
      std::array<uint8_t, 4> octets{};
      std::memcpy(octets.data(), &gateway, octets.size());
      route.gateway = Address::Ipv4(octets.data());
    }
    route.leads_to_all = mask == 0;
    routes.push_back(std::move(route));
  }
  return routes;
}

std::vector<DefaultRoute> ParseIpv6DefaultRoutes(std::istream& lines) {
  std::vector<DefaultRoute> routes;
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
    DefaultRoute route;
    if (!(words >> destination >> length >> source >> source_length >>
          next_hop >> metric >> references >> uses >> std::hex >> flags >>
          route.interface) ||
        length != "00" || !IsUsable(flags)) {
      continue;
    }
    if ((flags & RTF_GATEWAY) != 0) route.gateway = Ipv6OfDigits(next_hop);
    routes.push_back(std::move(route));
  }
  return routes;
}

}  // namespace ntm
