// A host's address as it stands in a packet: IPv4, IPv6 or MAC.
//
// Shape    16 bytes and a kind; IPv4 uses the first 4 bytes, MAC the first 6,
//          the rest is zero, so that equal addresses are equal bytes.
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
  kNone,  // the frame carries none; written as ""
  kIpv4,
  kIpv6,
  kMac,
  kOther,     // the sum of everything past the series limit; written as "other"
  kInternet,  // any that is not local; written as "internet"
  kName,      // of a host, by its hash: see named_hosts.h
};

// Built and aligned as whole words: bytes written one by one and read back as
// a word stall the packet path at every address.
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
    return std::bit_cast<std::array<uint8_t, 16>>(
        std::array<uint64_t, 2>{word, 0});
  }
};

// The longest text FormatAddress() can write, without a final zero byte.
inline constexpr size_t kMaxAddressText = 45;

// Writes the address' text to `out` and returns its length; writes no zero
// byte. A name's text is not known here: nothing. REQUIRES: room for
// kMaxAddressText bytes.
size_t FormatAddress(const Address& address, char* out) noexcept;

std::string ToString(const Address& address);

// Returns true iff it is nobody's own: multicast and broadcast, but for the
// broadcast addresses of networks, which look like any other.
bool IsGroup(const Address& address) noexcept;

// Reads an IPv4 or IPv6 address as inet_pton(3) takes it; nothing around it.
std::optional<Address> ParseAddress(std::string_view text);

}  // namespace ntm
