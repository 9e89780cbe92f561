#include "vendor.h"

#include <algorithm>

#include "vendor_data.h"

namespace ntm::devices {

std::string_view VendorOf(const Address& mac) noexcept {
  constexpr uint8_t kLocalBit = 2;
  const auto& octets = mac.bytes;
  if ((octets[0] & kLocalBit) != 0) return kRandomised;
  const uint32_t oui = uint32_t{octets[0]} << 16 | uint32_t{octets[1]} << 8 |
                       uint32_t{octets[2]};
  const uint32_t* end = kVendorOuis + kVendorCount;
  const uint32_t* found = std::lower_bound(kVendorOuis, end, oui);
  if (found == end || *found != oui) return "";
  return kVendorTexts + kVendorTextOffsets[found - kVendorOuis];
}

}  // namespace ntm::devices
