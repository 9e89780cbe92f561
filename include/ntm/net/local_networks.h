// Decides which addresses are local, fast enough to do so for every packet.
//
// Shape    the networks passed to the constructor, and always the addresses
//          that never leave their site: "this host" (0.0.0.0, ::), link-local
//          addresses, limited broadcast, and multicast with link, site or
//          organisation scope.
// Threads  immutable after construction; share freely.
// Errors   none.
// Source   RFC 1122 section 3.2.1.3 (0.0.0.0, 255.255.255.255), RFC 2365
//          (239.0.0.0/8), RFC 3927 (169.254.0.0/16), RFC 4291 section 2.5.6
//          (fe80::/10), RFC 5771 section 4 (224.0.0.0/24), RFC 7346 (scopes).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ntm/net/address.h"
#include "ntm/net/network.h"

namespace ntm {

// By source and destination; kNone if it is not determined.
enum class Direction : uint8_t { kNone, kIn, kOut, kLocal, kTransit };
inline constexpr size_t kDirectionCount = 5;

// "in", "out", "local", "transit"; "" for kNone.
std::string_view DirectionName(Direction direction) noexcept;

class LocalNetworks {
 public:
  LocalNetworks() : LocalNetworks(DefaultLocalNetworks()) {}
  explicit LocalNetworks(std::span<const Network> networks);

  // An address that is not IP is local, because it does not leave its link.
  bool Contains(const Address& address) const noexcept {
    const unsigned family = static_cast<unsigned>(address.kind) -
                            static_cast<unsigned>(AddressKind::kIpv4);
    if (family > 1) return true;
    uint16_t first = 0;
    std::memcpy(&first, address.bytes.data(), sizeof first);
    const unsigned known =
        known_[family * kTableBytes + first / 4] >> first % 4 * 2 & 3U;
    return known == kAskNetworks ? Search(address) : known == kInside;
  }
  Direction DirectionOf(const Address& src, const Address& dst) const noexcept {
    constexpr std::array kByEnds = {Direction::kTransit, Direction::kOut,
                                    Direction::kIn, Direction::kLocal};
    return kByEnds[size_t{Contains(src)} + 2 * size_t{Contains(dst)}];
  }

  // Returns true iff it is the last address of one of the networks, the
  // directed broadcast of its hosts (RFC 919). A network of which the networks
  // here are only a part has another one, which is not known. A network of one
  // or two addresses has none (RFC 3021).
  bool IsDirectedBroadcast(const Address& address) const noexcept;

  // Returns true iff the address is in one of the networks passed to the
  // constructor. Access control uses this: a link-local address may be on any
  // link, for example an Internet provider's.
  bool ChosenContain(const Address& address) const noexcept {
    return IsLocal(address, chosen_);
  }

  // All networks, sorted, without duplicates.
  const std::vector<Network>& networks() const noexcept { return networks_; }

  friend bool operator==(const LocalNetworks& a, const LocalNetworks& b) {
    return a.networks_ == b.networks_ && a.chosen_ == b.chosen_;
  }

 private:
  struct Masked {
    uint64_t mask = 0;
    uint64_t value = 0;
  };
  struct MaskedPair {
    Masked high;
    Masked low;
  };

  // What the first two bytes of an address determine. known_ has two bits for
  // each value of these bytes, first for IPv4, then for IPv6.
  enum Known : uint8_t { kOutside, kInside, kAskNetworks };
  static constexpr size_t kTableBytes = 65536 / 4;

  bool Search(const Address& address) const noexcept;
  void Note(const Network& network);

  std::vector<Network> chosen_;
  std::vector<Network> networks_;
  std::vector<uint8_t> known_;
  std::vector<Masked> ipv4_;  // for an address's first word
  std::vector<MaskedPair> ipv6_;
  std::vector<uint64_t> broadcasts_;  // first words, as in ipv4_
};

// The networks of the interfaces' addresses; with "any", of all interfaces but
// loopback. Empty if getifaddrs(3) fails.
std::vector<Network> NetworksOfInterfaces(
    std::span<const std::string> interfaces);

}  // namespace ntm
