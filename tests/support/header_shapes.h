// One frame for every combination of headers that Decode() supports, with the
// expected result and the ends of the headers.
//
// The shapes are test vectors: each one states its frame and all expected
// values, even where several look alike, because values that are computed from
// the layers would repeat the decoder's own logic. header_shapes.cc and
// header_shapes_links.cc have the link layers, header_shapes_ip.cc the network
// layers.
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
  // A frame with fewer bytes than `link_end` has a truncated link header, with
  // fewer than `address_end` a truncated IP header, with fewer than
  // `extension_end` a truncated IPv6 extension header, and with fewer than
  // `ports_end` truncated ports. 0: the frame has no such part.
  size_t link_end = 0;
  size_t address_end = 0;
  size_t extension_end = 0;
  size_t ports_end = 0;
};

std::vector<HeaderShape> HeaderShapes();

// How GoogleTest prints a shape.
inline void PrintTo(const HeaderShape& shape, std::ostream* out) {
  *out << shape.name;
}

}  // namespace ntm::test
