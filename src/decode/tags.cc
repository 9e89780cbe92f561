#include "ntm/decode/tags.h"

namespace ntm {
namespace {

constexpr size_t kInnerEthernetBytes = 14;

LinkTag WithFrame(size_t header_bytes) noexcept {
  return {header_bytes + kInnerEthernetBytes, true};
}

// The header has a number of options, of four bytes each.
LinkTag TrillTag(ByteReader bytes, size_t offset) noexcept {
  constexpr size_t kFixedBytes = 6;
  if (!bytes.Has(offset, 2)) return WithFrame(kFixedBytes);
  const size_t options = bytes.U16(offset) >> 6U & 0x1fU;
  return WithFrame(kFixedBytes + options * 4);
}

// Only the packets that carry a frame of a host.
LinkTag BatmanTag(ByteReader bytes, size_t offset) noexcept {
  constexpr size_t kUnicastBytes = 10;
  constexpr size_t kBroadcastBytes = 14;
  constexpr size_t kFourAddressBytes = 18;
  constexpr uint8_t kVersion = 15;
  if (!bytes.Has(offset, 2)) return WithFrame(kUnicastBytes);
  if (bytes.U8(offset + 1) != kVersion) return {};
  switch (bytes.U8(offset)) {
    case 0x01:
      return WithFrame(kBroadcastBytes);
    case 0x40:
      return WithFrame(kUnicastBytes);
    case 0x42:
      return WithFrame(kFourAddressBytes);
    default:
      return {};
  }
}

// Arista switches insert it before the Ethertype of mirrored frames.
LinkTag AristaTag(ByteReader bytes, size_t offset) noexcept {
  constexpr unsigned kUtc = 0x0100;  // else TAI
  constexpr unsigned kBits64 = 0x0010;
  constexpr unsigned kBits48 = 0x0020;
  if (!bytes.Has(offset, 4)) return {12};
  const uint16_t subtype = bytes.U16(offset);
  const unsigned form = bytes.U16(offset + 2) & ~kUtc;
  if (subtype != 1) return {};
  if (form == kBits64) return {14};
  return {form == kBits48 ? size_t{12} : size_t{0}};
}

}  // namespace

LinkTag FindTag(uint16_t type, ByteReader bytes, size_t offset) noexcept {
  switch (type) {
    case 0x8100:
    case 0x88a8:
    case 0x9100:
    case 0x9200:
    case 0x9300:
    case 0x893b:
      return {4};
    case 0x8926:
    case 0x892f:
    case 0xf1c1:
      return {6};
    case 0x8909:
    case 0x893f:
      return {8};
    case 0x8903:
      return WithFrame(2);
    case 0x88e7:
      return WithFrame(4);
    case 0x22f3:
      return TrillTag(bytes, offset);
    case 0x4305:
      return BatmanTag(bytes, offset);
    case 0xd28b:
      return AristaTag(bytes, offset);
    default:
      return {};
  }
}

}  // namespace ntm
