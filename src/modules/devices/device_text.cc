#include "device_text.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "vendor.h"

namespace ntm::devices {
namespace {

constexpr size_t kMacTextLength = 17;

}  // namespace

std::vector<Address> InShownOrder(std::vector<Address> addresses) {
  std::ranges::stable_partition(addresses, [](const Address& address) {
    return address.kind == AddressKind::kIpv4;
  });
  return addresses;
}

std::string VendorText(const std::string& mac) {
  std::array<uint8_t, 6> octets{};
  if (mac.size() != kMacTextLength) return "";
  for (size_t i = 0; i < octets.size(); ++i) {
    const char* begin = mac.data() + 3 * i;
    const auto [end, error] = std::from_chars(begin, begin + 2, octets[i], 16);
    if (error != std::errc() || end != begin + 2) return "";
  }
  return std::string(VendorOf(Address::Mac(octets.data())));
}

std::string Describe(const Device& device) {
  const std::string vendor = VendorText(device.mac);
  std::string text = device.name;
  if (!vendor.empty()) text += (text.empty() ? "" : " ") + ("(" + vendor + ")");
  const std::vector<Address> addresses = InShownOrder(device.addresses);
  const std::string address =
      addresses.empty() ? "" : ToString(addresses.front());
  if (!address.empty() && address != device.id) {
    text += (text.empty() ? "" : ", ") + address;
  }
  return text.empty() ? "neither name nor vendor is known" : text;
}

}  // namespace ntm::devices
