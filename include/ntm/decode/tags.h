// Tags between the link header and the packet: what one adds to a frame, for
// those who decode it and for those who take it off.
//
// Shape    an Ethertype announces the tag; the tag's last two bytes are the
//          type field of what follows (an Ethertype, or the length of an IEEE
//          802.2 frame). Some hold a whole Ethernet frame; its header is then
//          part of the tag. PPPoE, MPLS, MACsec and NSH end in no type field
//          and are no tags here.
// Units    bytes, after the Ethertype that announces the tag.
// Threads  pure functions.
// Source   IEEE 802.1Q, 802.1ad, 802.1ah (0x88e7), 802.1BR (0x893f), 802.1CB
//          (0xf1c1); IEC 62439-3 (HSR); RFC 6325 (TRILL), 7172 (0x893b); Linux
//          batadv_packet.h (batman); VN-Tag, FabricPath, Cisco MetaData, Arista
//          time stamps: as Wireshark decodes them.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "ntm/base/byte_reader.h"

namespace ntm {

// The Ethertypes that FindTag() knows.
inline constexpr std::array<uint16_t, 16> kTagTypes = {
    0x22f3,  // TRILL
    0x4305,  // batman
    0x8100,  // 802.1Q
    0x88a8,  // 802.1ad, and before it:
    0x9100, 0x9200, 0x9300,
    0x8903,  // FabricPath
    0x8909,  // Cisco MetaData
    0x8926,  // VN-Tag
    0x88e7,  // 802.1ah
    0x892f,  // HSR
    0x893b,  // fine-grained labels of TRILL
    0x893f,  // 802.1BR
    0xd28b,  // Arista's time stamp
    0xf1c1,  // 802.1CB
};

struct LinkTag {
  size_t bytes = 0;          // 0: no tag, what follows is the packet
  bool holds_frame = false;  // the last 14 bytes are an Ethernet header
};

// The tag of this Ethertype in the bytes from `offset` on. Where these are too
// few to tell, it is longer than they are.
LinkTag FindTag(uint16_t type, ByteReader bytes, size_t offset) noexcept;

// Returns true iff the tag has a VLAN's number, in its first two bytes.
inline bool IsVlanTag(uint16_t type) noexcept {
  return type == 0x8100 || type == 0x88a8 || type == 0x9100 || type == 0x9200 ||
         type == 0x9300;
}

}  // namespace ntm
