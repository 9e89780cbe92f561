// PPP, with and without HDLC framing or Ethernet, and Cisco HDLC.
#include "decode_link.h"

namespace ntm {
namespace {

constexpr uint16_t kSlarpType = 0x8035;

}  // namespace

// PPP, or Cisco HDLC, which some routers capture with the link type of PPP.
DecodeStatus LinkWalk::Serial() noexcept {
  if (!Has(1)) return DecodeStatus::kTruncatedLink;
  const uint8_t address = bytes_.U8(offset_);
  return address == 0x0f || address == 0x8f ? CiscoHdlc() : Ppp();
}

// pppd writes the direction into the place of the address field.
DecodeStatus LinkWalk::SerialWithDirection() noexcept {
  if (!Has(2)) return DecodeStatus::kTruncatedLink;
  offset_ += bytes_.U8(offset_ + 1) == 0x03 ? 2 : 1;
  return Ppp();
}

DecodeStatus LinkWalk::CiscoHdlc() noexcept {
  if (Has(1) && bytes_.U8(offset_) == 0xff) return Ppp();
  if (!Has(4)) return DecodeStatus::kTruncatedLink;
  offset_ += 4;
  const uint16_t type = bytes_.U16(offset_ - 2);
  return type == kSlarpType ? NonIp(kProtocolSlarp) : Type(type);
}

DecodeStatus LinkWalk::Ppp() noexcept {
  if (!Has(1)) return DecodeStatus::kTruncatedLink;
  if (bytes_.U8(offset_) == 0xff) {  // address and control fields
    if (!Has(3)) return DecodeStatus::kTruncatedLink;
    offset_ += 2;
  }
  uint16_t protocol = bytes_.U8(offset_);
  if ((protocol & 1U) != 0) {  // compressed: RFC 1661 section 6.5
    offset_ += 1;
  } else {
    if (!Has(2)) return DecodeStatus::kTruncatedLink;
    protocol = bytes_.U16(offset_);
    offset_ += 2;
  }
  switch (protocol) {
    case 0x0021:
      return Ipv4();
    case 0x0057:
      return Ipv6();
    case 0x0281:
    case 0x0283:
      return Type(kProtocolMpls);
    default:
      return NonIp(kProtocolPpp);
  }
}

DecodeStatus LinkWalk::Pppoe() noexcept {
  if (!Has(6)) return DecodeStatus::kTruncatedLink;
  offset_ += 6;
  return Ppp();
}

}  // namespace ntm
