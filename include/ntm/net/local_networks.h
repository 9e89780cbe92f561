// Which addresses are local, quickly enough to be asked for every packet.
//
// Shape    networks that somebody chose (or DefaultLocalNetworks()), those of
//          the interfaces, and always what never leaves its site: "this host"
//          (0.0.0.0, ::), link-local addresses, limited broadcast, multicast of
//          link, site or organisation.
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

// By source and destination; kNone where it was not asked for.
enum class Direction : uint8_t { kNone, kIn, kOut, kLocal, kTransit };
inline constexpr size_t kDirectionCount = 5;

// "in", "out", "local", "transit"; "" for kNone.
std::string_view DirectionName(Direction direction) noexcept;

class LocalNetworks {
 public:
  LocalNetworks() : LocalNetworks(DefaultLocalNetworks()) {}
  explicit LocalNetworks(std::span<const Network> networks);

  // What is no IP address does not leave its link and is local.
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

  // Whether it is in one of those that this was made of. What is local because
  // it never leaves its link may be on any link, a provider's too: that alone
  // lets nobody see anything.
  bool ChosenContain(const Address& address) const noexcept {
    return IsLocal(address, chosen_);
  }

  // All of them, sorted, each once.
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

  // What the first two bytes of an address tell already: two bits for each
  // value of them in memory, of IPv4 and then of IPv6.
  enum Known : uint8_t { kOutside, kInside, kAskNetworks };
  static constexpr size_t kTableBytes = 65536 / 4;

  bool Search(const Address& address) const noexcept;
  void Note(const Network& network);

  std::vector<Network> chosen_;
  std::vector<Network> networks_;
  std::vector<uint8_t> known_;
  std::vector<Masked> ipv4_;  // of an address' first word
  std::vector<MaskedPair> ipv6_;
};

// The networks that these interfaces have addresses in; of every interface but
// loopback if one of them is "any". Empty where the kernel does not tell.
std::vector<Network> NetworksOfInterfaces(
    std::span<const std::string> interfaces);

}  // namespace ntm
