// How a device is written for people.
//
// Threads  pure functions.
#pragma once

#include <string>
#include <vector>

#include "device_book.h"

namespace ntm::devices {

// IPv4 first, then in the given order.
std::vector<Address> InShownOrder(std::vector<Address> addresses);

// Of a hardware address in text; "" for "".
std::string VendorText(const std::string& mac);

// What is known of a device besides its id: "phone (Apple), 192.168.1.7".
std::string Describe(const Device& device);

}  // namespace ntm::devices
