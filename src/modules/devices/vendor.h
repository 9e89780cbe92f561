// Tells who made a network card, by its hardware address.
//
// Shape    a short name such as "Apple"; "randomised" if the address was not
//          given by a vendor (the local bit is set, as phones do per network);
//          "" if it is not known.
// Threads  pure.
// Source   IEEE 802 section 8.2 (the local bit); RFC 7042.
#pragma once

#include <string_view>

#include "ntm/net/address.h"

namespace ntm::devices {

inline constexpr std::string_view kRandomised = "randomised";

// REQUIRES: mac.kind is kMac.
std::string_view VendorOf(const Address& mac) noexcept;

}  // namespace ntm::devices
