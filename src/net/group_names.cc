#include "ntm/net/group_names.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <functional>
#include <span>

namespace ntm {
namespace {

struct Ipv4Group {
  std::array<uint8_t, 4> octets;
  std::string_view name;
};

constexpr Ipv4Group kIpv4Groups[] = {
    {{224, 0, 0, 1}, "all hosts"},
    {{224, 0, 0, 2}, "all routers"},
    {{224, 0, 0, 4}, "DVMRP routers"},
    {{224, 0, 0, 5}, "OSPF routers"},
    {{224, 0, 0, 6}, "OSPF designated routers"},
    {{224, 0, 0, 9}, "RIPv2 routers"},
    {{224, 0, 0, 10}, "EIGRP routers"},
    {{224, 0, 0, 12}, "DHCP servers and relays"},
    {{224, 0, 0, 13}, "PIM routers"},
    {{224, 0, 0, 18}, "VRRP"},
    {{224, 0, 0, 19}, "IS-IS"},
    {{224, 0, 0, 22}, "IGMP"},
    {{224, 0, 0, 102}, "HSRP"},
    {{224, 0, 0, 106}, "all snoopers"},
    {{224, 0, 0, 107}, "PTP, peer delay"},
    {{224, 0, 0, 251}, "mDNS"},
    {{224, 0, 0, 252}, "LLMNR"},
    {{224, 0, 1, 1}, "NTP"},
    {{224, 0, 1, 39}, "RP announcements"},
    {{224, 0, 1, 40}, "RP discovery"},
    {{224, 0, 1, 75}, "SIP"},
    {{224, 0, 1, 129}, "PTP"},
    {{224, 0, 1, 187}, "CoAP nodes"},
    {{239, 255, 255, 250}, "SSDP (UPnP)"},
    {{239, 255, 255, 253}, "SLP"},
    {{255, 255, 255, 255}, "broadcast"},
};

// ff0S::ID in all scopes S from `first` to `last`.
struct Ipv6Group {
  uint32_t id;
  uint8_t first;
  uint8_t last;
  std::string_view name;
};

constexpr Ipv6Group kIpv6Groups[] = {
    {0x1, 1, 2, "all nodes"},
    {0x2, 1, 5, "all routers"},
    {0x4, 2, 2, "DVMRP routers"},
    {0x5, 2, 2, "OSPF routers"},
    {0x6, 2, 2, "OSPF designated routers"},
    {0x9, 2, 2, "RIPng routers"},
    {0xa, 2, 2, "EIGRP routers"},
    {0xc, 1, 15, "SSDP (UPnP)"},
    {0xd, 2, 2, "PIM routers"},
    {0xf, 1, 15, "UPnP"},
    {0x12, 2, 2, "VRRP"},
    {0x16, 2, 2, "MLD routers"},
    {0x1a, 2, 2, "RPL nodes"},
    {0x6a, 2, 2, "all snoopers"},
    {0x6b, 2, 2, "PTP, peer delay"},
    {0xfb, 1, 15, "mDNS"},
    {0xfd, 1, 15, "CoAP nodes"},
    {0x101, 1, 15, "NTP"},
    {0x181, 1, 15, "PTP"},
    {0x10002, 2, 2, "DHCPv6 servers and relays"},
    {0x10003, 2, 2, "LLMNR"},
    {0x10003, 5, 5, "DHCPv6 servers"},
};

struct MacGroup {
  std::array<uint8_t, 6> octets;
  std::string_view name;
};

constexpr MacGroup kMacGroups[] = {
    {{0x01, 0x80, 0xc2, 0, 0, 0x00}, "spanning tree"},
    {{0x01, 0x80, 0xc2, 0, 0, 0x01}, "pause"},
    {{0x01, 0x80, 0xc2, 0, 0, 0x02}, "LACP"},
    {{0x01, 0x80, 0xc2, 0, 0, 0x03}, "802.1X"},
    {{0x01, 0x80, 0xc2, 0, 0, 0x0e}, "LLDP"},
    {{0x01, 0x00, 0x0c, 0xcc, 0xcc, 0xcc}, "CDP, VTP"},
    {{0x01, 0x1b, 0x19, 0, 0, 0}, "PTP"},
    {{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}, "broadcast"},
};

template <typename Groups>
std::string_view NameIn(const Groups& groups, const Address& address) noexcept {
  for (const auto& group : groups) {
    if (std::ranges::equal(
            group.octets,
            std::span(address.bytes).first(group.octets.size()))) {
      return group.name;
    }
  }
  return "";
}

std::string_view Ipv6GroupName(const Address& address) noexcept {
  constexpr std::array<uint8_t, 13> kSolicitedNode = {0xff, 2, 0, 0, 0, 0,   0,
                                                      0,    0, 0, 0, 1, 0xff};
  const std::span<const uint8_t> bytes(address.bytes);
  if (std::ranges::equal(bytes.first(kSolicitedNode.size()), kSolicitedNode)) {
    return "neighbour discovery";
  }
  // Well-known: the flags are 0, and the group's number has 32 bits.
  if (bytes[0] != 0xff || bytes[1] > 0x0f ||
      std::ranges::any_of(bytes.subspan(2, 10), std::identity())) {
    return "";
  }
  const uint32_t id = uint32_t{bytes[12]} << 24 | uint32_t{bytes[13]} << 16 |
                      uint32_t{bytes[14]} << 8 | bytes[15];
  for (const Ipv6Group& group : kIpv6Groups) {
    if (group.id == id && group.first <= bytes[1] && bytes[1] <= group.last) {
      return group.name;
    }
  }
  return "";
}

}  // namespace

std::string_view GroupName(const Address& address) noexcept {
  switch (address.kind) {
    case AddressKind::kIpv4:
      return NameIn(kIpv4Groups, address);
    case AddressKind::kIpv6:
      return Ipv6GroupName(address);
    case AddressKind::kMac:
      return NameIn(kMacGroups, address);
    default:
      return "";
  }
}

}  // namespace ntm
