// Says why the frames of a link type cannot be counted.
#pragma once

#include <string>

namespace ntm {

// "ntm does not support the link type …", or that it carries no packets of a
// network: USB, Bluetooth. REQUIRES: !IsLinkTypeSupported(link_type).
std::string WhyUnsupported(int link_type);

}  // namespace ntm
