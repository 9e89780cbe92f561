// A host's address as it stands in a packet: IPv4, IPv6 or MAC.
//
// Shape    16 bytes and a kind; IPv4 uses the first 4 bytes, MAC the first 6,
//          the rest is zero, so that equal addresses are equal bytes.
// Threads  a value type.
// Source   text form as inet_ntop(3) writes it (RFC 5952); MAC as six
//          lower-case hexadecimal pairs with colons (RFC 7042).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>

namespace ntm {

enum class AddressKind : uint8_t {
  kNone,  // the frame carries none; written as ""
  kIpv4,
  kIpv6,
  kMac,
  kOther,  // the sum of everything past the series limit; written as "other"
};

struct Address {
  std::array<uint8_t, 16> bytes{};
  AddressKind kind = AddressKind::kNone;

  static Address Ipv4(const uint8_t* octets) noexcept {
    return Of(AddressKind::kIpv4, octets, 4);
  }
  static Address Ipv6(const uint8_t* octets) noexcept {
    return Of(AddressKind::kIpv6, octets, 16);
  }
  static Address Mac(const uint8_t* octets) noexcept {
    return Of(AddressKind::kMac, octets, 6);
  }
  static Address Other() noexcept {
    Address address;
    address.kind = AddressKind::kOther;
    return address;
  }

  friend bool operator==(const Address&, const Address&) = default;

 private:
  static Address Of(AddressKind kind, const uint8_t* octets,
                    size_t size) noexcept {
    Address address;
    address.kind = kind;
    std::memcpy(address.bytes.data(), octets, size);
    return address;
  }
};

// The longest text FormatAddress() can write, without a final zero byte.
inline constexpr size_t kMaxAddressText = 45;

// Writes the address' text to `out` and returns its length; writes no zero
// byte. REQUIRES: room for kMaxAddressText bytes.
size_t FormatAddress(const Address& address, char* out) noexcept;

std::string ToString(const Address& address);

}  // namespace ntm
