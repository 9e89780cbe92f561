// Addresses for the tests of devices.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "ntm/net/address.h"

namespace ntm::devices::test {

inline Address Ip(const std::string& text) {
  return ParseAddress(text).value();
}

// 02:00:00:00:00:01 for 1.
inline Address Mac(int number) {
  const std::array<uint8_t, 6> octets = {2,
                                         0,
                                         0,
                                         0,
                                         static_cast<uint8_t>(number >> 8),
                                         static_cast<uint8_t>(number)};
  return Address::Mac(octets.data());
}

}  // namespace ntm::devices::test
