#include "tag_removal.h"

#include <algorithm>
#include <cstring>

#include "ntm/base/byte_reader.h"
#include "ntm/decode/tags.h"

namespace ntm {
namespace {

constexpr uint16_t kPppoe = 0x8864;
constexpr uint16_t kPpp = 0x880b;  // "PPP" as an Ethertype, IANA

uint16_t EthertypeOfPpp(uint16_t ppp_protocol) noexcept {
  switch (ppp_protocol) {
    case 0x0021:
      return 0x0800;
    case 0x0057:
      return 0x86dd;
    case 0x0281:
      return 0x8847;
    case 0x0283:
      return 0x8848;
    default:
      return kPpp;  // its PPP protocol number then comes first
  }
}

}  // namespace

Untagged RemoveTags(const Frame& frame, size_t type_offset,
                    std::span<uint8_t> room) noexcept {
  const ByteReader bytes(frame.data, frame.captured_bytes);
  const size_t header = type_offset + 2;
  size_t payload = header;
  uint16_t type = bytes.U16(type_offset);
  for (;;) {
    const LinkTag tag = FindTag(type, bytes, payload);
    if (tag.bytes == 0 || !bytes.Has(payload, tag.bytes)) break;
    payload += tag.bytes;
    type = bytes.U16(payload - 2);
  }
  if (type == kPppoe && bytes.Has(payload, 8)) {
    type = EthertypeOfPpp(bytes.U16(payload + 6));
    payload += type == kPpp ? 6 : 8;
  }
  const size_t removed = payload - header;
  if (removed == 0) return {};

  const size_t size =
      std::min<size_t>(frame.captured_bytes - removed, room.size());
  std::memcpy(room.data(), frame.data, type_offset);
  room[type_offset] = static_cast<uint8_t>(type >> 8);
  room[type_offset + 1] = static_cast<uint8_t>(type);
  std::memcpy(room.data() + header, frame.data + payload, size - header);
  return {size, removed};
}

}  // namespace ntm
