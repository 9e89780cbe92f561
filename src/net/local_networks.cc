#include "ntm/net/local_networks.h"

#include <ifaddrs.h>
#include <linux/if.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <bit>
#include <memory>
#include <tuple>

namespace ntm {
namespace {

std::span<const Network> NeverLeaving() {
  static const std::vector<Network> networks = [] {
    std::vector<Network> made;
    for (const char* text :
         {"0.0.0.0/32", "255.255.255.255/32", "169.254.0.0/16", "224.0.0.0/24",
          "239.0.0.0/8", "::/128", "fe80::/10", "ff01::/16", "ff02::/16",
          "ff03::/16", "ff04::/16", "ff05::/16", "ff08::/16"}) {
      made.push_back(ParseNetwork(text).value());
    }
    return made;
  }();
  return networks;
}

constexpr uint8_t kLongestWithBroadcast = 30;

std::array<uint64_t, 2> WordsOf(const Address& address) noexcept {
  return std::bit_cast<std::array<uint64_t, 2>>(address.bytes);
}

// The network mask, in network byte order.
std::array<uint64_t, 2> MaskOf(const Network& network) noexcept {
  Address ones = network.address;
  ones.bytes.fill(0xff);
  return WordsOf(FirstOf(ones, network.prefix_bits));
}

bool IsBefore(const Network& a, const Network& b) noexcept {
  return std::tie(a.address.kind, a.address.bytes, a.prefix_bits) <
         std::tie(b.address.kind, b.address.bytes, b.prefix_bits);
}

// The IP address in a socket address, or kNone. Network masks are passed as
// socket addresses too.
Address AddressOf(const sockaddr* socket_address) noexcept {
  if (socket_address == nullptr) return {};
  if (socket_address->sa_family == AF_INET) {
    const auto* ipv4 = reinterpret_cast<const sockaddr_in*>(socket_address);
    return Address::Ipv4(reinterpret_cast<const uint8_t*>(&ipv4->sin_addr));
  }
  if (socket_address->sa_family == AF_INET6) {
    const auto* ipv6 = reinterpret_cast<const sockaddr_in6*>(socket_address);
    return Address::Ipv6(ipv6->sin6_addr.s6_addr);
  }
  return {};
}

uint8_t OneBits(const Address& mask) noexcept {
  const auto words = WordsOf(mask);
  return static_cast<uint8_t>(std::popcount(words[0]) +
                              std::popcount(words[1]));
}

}  // namespace

std::string_view DirectionName(Direction direction) noexcept {
  constexpr std::array<std::string_view, 5> kNames = {"", "in", "out", "local",
                                                      "transit"};
  return kNames[static_cast<size_t>(direction)];
}

LocalNetworks::LocalNetworks(std::span<const Network> networks)
    : chosen_(networks.begin(), networks.end()),
      networks_(chosen_),
      known_(2 * kTableBytes) {
  networks_.insert(networks_.end(), NeverLeaving().begin(),
                   NeverLeaving().end());
  std::ranges::sort(networks_, IsBefore);
  networks_.erase(std::unique(networks_.begin(), networks_.end()),
                  networks_.end());
  for (const Network& network : networks_) {
    Note(network);
    const auto mask = MaskOf(network);
    const auto value = WordsOf(network.address);
    if (network.address.kind == AddressKind::kIpv4) {
      // An IPv4 address is only the first half of the first word.
      Address ones;
      std::fill_n(ones.bytes.begin(), 4, uint8_t{0xff});
      const uint64_t all = WordsOf(ones)[0];
      ipv4_.push_back({mask[0] & all, value[0]});
      if (network.prefix_bits <= kLongestWithBroadcast) {
        broadcasts_.push_back(value[0] | (all & ~mask[0]));
      }
    } else if (network.address.kind == AddressKind::kIpv6) {
      ipv6_.push_back({{mask[0], value[0]}, {mask[1], value[1]}});
    }
  }
}

// An entry that is kInside stays so: a smaller network does not change it.
void LocalNetworks::Note(const Network& network) {
  const bool is_ipv4 = network.address.kind == AddressKind::kIpv4;
  if (!is_ipv4 && network.address.kind != AddressKind::kIpv6) return;
  uint8_t* table = known_.data() + (is_ipv4 ? 0 : kTableBytes);
  const auto& bytes = network.address.bytes;
  const size_t begin = size_t{bytes[0]} << 8 | bytes[1];
  const bool whole = network.prefix_bits <= 16;
  const size_t end =
      begin + (whole ? size_t{1} << (16 - network.prefix_bits) : size_t{1});
  for (size_t value = begin; value < end; ++value) {
    // The table is indexed by the two bytes as they lie in memory.
    const std::array<uint8_t, 2> pair = {static_cast<uint8_t>(value >> 8),
                                         static_cast<uint8_t>(value)};
    const auto first = std::bit_cast<uint16_t>(pair);
    const auto shift = static_cast<unsigned>(first % 4 * 2);
    uint8_t& known = table[first / 4];
    if ((known >> shift & 3U) == kInside) continue;
    known = static_cast<uint8_t>(
        (known & ~(3U << shift)) |
        static_cast<unsigned>(whole ? kInside : kAskNetworks) << shift);
  }
}

bool LocalNetworks::Search(const Address& address) const noexcept {
  const auto words = WordsOf(address);
  if (address.kind == AddressKind::kIpv4) {
    return std::ranges::any_of(
        ipv4_, [&](const Masked& m) { return (words[0] & m.mask) == m.value; });
  }
  return std::ranges::any_of(ipv6_, [&](const MaskedPair& m) {
    return (words[0] & m.high.mask) == m.high.value &&
           (words[1] & m.low.mask) == m.low.value;
  });
}

bool LocalNetworks::IsDirectedBroadcast(const Address& address) const noexcept {
  return address.kind == AddressKind::kIpv4 &&
         std::ranges::find(broadcasts_, WordsOf(address)[0]) !=
             broadcasts_.end();
}

std::vector<Network> NetworksOfInterfaces(
    std::span<const std::string> interfaces) {
  ifaddrs* list = nullptr;
  if (getifaddrs(&list) != 0) return {};
  const std::unique_ptr<ifaddrs, decltype(&freeifaddrs)> owner(list,
                                                               &freeifaddrs);
  const bool all = std::ranges::find(interfaces, "any") != interfaces.end();
  std::vector<Network> networks;
  for (const ifaddrs* entry = list; entry != nullptr; entry = entry->ifa_next) {
    const bool wanted =
        all ? (entry->ifa_flags & IFF_LOOPBACK) == 0
            : std::ranges::find(interfaces,
                                std::string_view(entry->ifa_name)) !=
                  interfaces.end();
    const Address address = AddressOf(entry->ifa_addr);
    if (!wanted || address.kind == AddressKind::kNone) continue;
    const uint8_t prefix_bits = OneBits(AddressOf(entry->ifa_netmask));
    if (prefix_bits == 0) continue;  // would make every address local
    networks.push_back({FirstOf(address, prefix_bits), prefix_bits});
  }
  return networks;
}

}  // namespace ntm
