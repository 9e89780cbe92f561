// The address of a host in a packet or a flow: IPv4, IPv6, MAC or a
// placeholder.
//
// Shape    16 bytes and a kind; IPv4 uses the first 4 bytes, MAC the first 6;
//          the rest is zero, so that equal addresses have equal bytes.
// Threads  a value type.
// Source   text form as inet_ntop(3) writes it (RFC 5952); MAC as six
//          lower-case hexadecimal pairs with colons (RFC 7042).
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

namespace ntm {

enum class AddressKind : uint8_t {
  kNone,  // the frame has none; written as ""
  kIpv4,
  kIpv6,
  kMac,
  kOther,     // all flows beyond the series limit; written as "other"
  kInternet,  // any address that is not local; written as "internet"
  kName,      // the hash of a host's name: see named_hosts.h
};

// Written and read as whole vectors or words: writing parts and reading them
// back as one would stall the CPU (store forwarding) for every address.
struct alignas(8) Address {
  std::array<uint8_t, 16> bytes{};
  AddressKind kind = AddressKind::kNone;

  static Address Ipv4(const uint8_t* octets) noexcept {
    uint32_t word = 0;
    std::memcpy(&word, octets, sizeof word);
    return {FirstBytes(word), AddressKind::kIpv4};
  }
  static Address Ipv6(const uint8_t* octets) noexcept {
    Address address;
    std::memcpy(address.bytes.data(), octets, address.bytes.size());
    address.kind = AddressKind::kIpv6;
    return address;
  }
  static Address Mac(const uint8_t* octets) noexcept {
    uint64_t word = 0;
    std::memcpy(&word, octets, 6);
    return {FirstBytes(word), AddressKind::kMac};
  }
  static Address Other() noexcept { return {{}, AddressKind::kOther}; }
  static Address Internet() noexcept { return {{}, AddressKind::kInternet}; }

  friend bool operator==(const Address&, const Address&) = default;

 private:
  static std::array<uint8_t, 16> FirstBytes(uint64_t word) noexcept {
    using Words [[gnu::vector_size(16)]] = uint64_t;
    return std::bit_cast<std::array<uint8_t, 16>>(Words{word, 0});
  }
};

// The longest text FormatAddress() can write; it writes no terminating NUL.
inline constexpr size_t kMaxAddressText = 45;

// Writes the address's text to `out` and returns its length. Writes nothing for
// kNone, and for kName, whose text is not known here. REQUIRES: room for
// kMaxAddressText bytes.
size_t FormatAddress(const Address& address, char* out) noexcept;

std::string ToString(const Address& address);

// Returns true iff it is a multicast or broadcast address. Directed broadcast
// addresses of networks are not recognised.
bool IsGroup(const Address& address) noexcept;

// Parses an IPv4 or IPv6 address in the form of inet_pton(3).
std::optional<Address> ParseAddress(std::string_view text);

}  // namespace ntm
