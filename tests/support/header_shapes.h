// Every shape of header that Decode() knows, one frame each, with what it says
// and where its parts end.
//
// Units    offsets in bytes from the frame's first byte.
#pragma once

#include <cstddef>
#include <ostream>
#include <string>
#include <vector>

#include "packet_builder.h"

namespace ntm::test {

struct HeaderShape {
  std::string name;
  CapturedFrame frame;
  std::string description;  // Describe() of the whole frame
  // With fewer bytes than `link_end` the frame is an error of the link, with
  // fewer than `address_end` one of the IP header (0: it has none); with fewer
  // than `extension_end` an IPv6 extension header is cut, with fewer than
  // `ports_end` the ports are (0: there are none).
  size_t link_end = 0;
  size_t address_end = 0;
  size_t extension_end = 0;
  size_t ports_end = 0;
};

std::vector<HeaderShape> HeaderShapes();

// What GoogleTest writes of a shape.
inline void PrintTo(const HeaderShape& shape, std::ostream* out) {
  *out << shape.name;
}

}  // namespace ntm::test
