// Takes off what stands between a frame's link header and its packet, for a
// filter that does not care about it: tags (see ntm/decode/tags.h) and a PPPoE
// session header.
//
// Threads  pure functions.
// Source   IEEE 802.1Q; RFC 2516.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "ntm/decode/packet.h"

namespace ntm {

// Added to the filter that the kernel has: lets every frame through that may
// have something to take off. It says nothing about a tag that the kernel has
// taken off already; there the filter sees the frame without it, as it should.
inline constexpr std::string_view kEncapsulated =
    " or ether proto 0x8864"
    " or ether proto 0x22f3 or ether proto 0x4305 or ether proto 0x8100"
    " or ether proto 0x88a8 or ether proto 0x9100 or ether proto 0x9200"
    " or ether proto 0x9300 or ether proto 0x8903 or ether proto 0x8909"
    " or ether proto 0x8926 or ether proto 0x88e7 or ether proto 0x892f"
    " or ether proto 0x893b or ether proto 0x893f or ether proto 0xd28b"
    " or ether proto 0xf1c1";

struct Untagged {
  size_t bytes = 0;          // of the copy
  size_t removed_bytes = 0;  // 0: there was nothing to take off, and no copy
};

// Copies the frame without them to `room`, as far as there is room. The link
// header stays as it is, except that its type is the packet's. A whole frame in
// a tag loses its own MAC addresses. REQUIRES: the type field, at
// `type_offset`, is the end of the link header, and captured.
Untagged RemoveTags(const Frame& frame, size_t type_offset,
                    std::span<uint8_t> room) noexcept;

}  // namespace ntm
