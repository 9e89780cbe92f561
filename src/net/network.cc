#include "ntm/net/network.h"

#include <algorithm>
#include <vector>

#include "ntm/base/whole_number.h"

namespace ntm {
namespace {

unsigned BitsOf(AddressKind kind) noexcept {
  if (kind == AddressKind::kIpv4) return 32;
  return kind == AddressKind::kIpv6 ? 128 : 0;
}

}  // namespace

Address FirstOf(const Address& address, uint8_t prefix_bits) noexcept {
  Address first = address;
  const unsigned all_bits = BitsOf(address.kind);
  for (unsigned bit = prefix_bits; bit < all_bits;) {
    const unsigned kept = bit % 8;
    first.bytes[bit / 8] =
        static_cast<uint8_t>(first.bytes[bit / 8] & ~(0xffU >> kept));
    bit += 8 - kept;
  }
  return first;
}

bool Network::Contains(const Address& other) const noexcept {
  return other.kind == address.kind && BitsOf(other.kind) != 0 &&
         FirstOf(other, prefix_bits) == address;
}

std::optional<Network> ParseNetwork(std::string_view text) {
  const size_t slash = text.find('/');
  const auto address = ParseAddress(text.substr(0, slash));
  if (!address) return std::nullopt;
  unsigned bits = BitsOf(address->kind);
  if (slash != std::string_view::npos) {
    const auto asked = ParseWholeNumber(text.substr(slash + 1), 0, bits);
    if (!asked) return std::nullopt;
    bits = static_cast<unsigned>(*asked);
  }
  const auto prefix_bits = static_cast<uint8_t>(bits);
  return Network{FirstOf(*address, prefix_bits), prefix_bits};
}

std::string ToString(const Network& network) {
  return ToString(network.address) + "/" + std::to_string(network.prefix_bits);
}

std::span<const Network> DefaultLocalNetworks() {
  static const std::vector<Network> networks = [] {
    std::vector<Network> made;
    for (const char* text :
         {"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16",
          "127.0.0.0/8", "fc00::/7", "fe80::/10", "::1/128"}) {
      made.push_back(ParseNetwork(text).value());
    }
    return made;
  }();
  return networks;
}

bool IsLocal(const Address& address,
             std::span<const Network> networks) noexcept {
  return address.kind == AddressKind::kMac ||
         std::ranges::any_of(networks, [&address](const Network& network) {
           return network.Contains(address);
         });
}

bool IsLocal(const Address& address) noexcept {
  return IsLocal(address, DefaultLocalNetworks());
}

}  // namespace ntm
