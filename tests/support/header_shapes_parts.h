// Declares what the files header_shapes*.cc share.
#pragma once

#include <vector>

#include "header_shapes.h"

namespace ntm::test {

inline constexpr char kHostA[] = "10.0.0.1";
inline constexpr char kHostB[] = "10.0.0.2";
inline constexpr char kHostA6[] = "2001:db8::1";
inline constexpr char kHostB6[] = "2001:db8::2";

inline HeaderShape Shape(const char* name, const PacketBuilder& frame,
                         const char* description, size_t link_end,
                         size_t address_end, size_t extension_end,
                         size_t ports_end) {
  return {name,        frame.Build(), description, link_end,
          address_end, extension_end, ports_end};
}

std::vector<HeaderShape> EncapsulationShapes();
std::vector<HeaderShape> IpShapes();
std::vector<HeaderShape> NonIpShapes();

}  // namespace ntm::test
