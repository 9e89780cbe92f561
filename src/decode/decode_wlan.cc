// IEEE 802.11 as a Wi-Fi monitor captures it, alone or behind a header with the
// state of the radio.
//
// Source   IEEE 802.11-2020 9.2 (headers), 9.3.2.2 (A-MSDU); radiotap.org; AVS
//          and Prism headers: as libpcap reads them.
#include "decode_link.h"

namespace ntm {
namespace {

enum WlanFlag : unsigned {  // the second byte of frame control
  kToDs = 0x01,
  kFromDs = 0x02,
  kProtected = 0x40,
  kHasHtControl = 0x80,  // of QoS data and management frames
};

constexpr size_t kWlanAddressBytes = 6;
constexpr size_t kThreeAddressBytes = 24;  // the header of most frames
constexpr size_t kHtControlBytes = 4;

constexpr size_t ToFour(size_t bytes) noexcept { return (bytes + 3) / 4 * 4; }

}  // namespace

DecodeStatus LinkWalk::Radiotap() noexcept {
  constexpr uint32_t kHasTimer = 1U << 0;
  constexpr uint32_t kHasFlags = 1U << 1;
  constexpr uint32_t kMoreWords = 1U << 31;
  constexpr unsigned kFcs = 0x10;
  constexpr unsigned kPadded = 0x20;
  constexpr unsigned kBadFcs = 0x40;
  if (!Has(8)) return DecodeStatus::kTruncatedLink;
  const size_t header_bytes = Le16(offset_ + 2);
  if (header_bytes < 8 || !Has(header_bytes)) {
    return DecodeStatus::kTruncatedLink;
  }
  // Words that say which fields follow them; then the fields, each aligned to
  // its size.
  const uint32_t fields = Le32(offset_ + 4);
  size_t field = 8;
  for (uint32_t word = fields; (word & kMoreWords) != 0; field += 4) {
    if (field + 4 > header_bytes) return DecodeStatus::kTruncatedLink;
    word = Le32(offset_ + field);
  }
  if ((fields & kHasTimer) != 0) field = (field + 7) / 8 * 8 + 8;
  unsigned flags = 0;
  if ((fields & kHasFlags) != 0 && field < header_bytes) {
    flags = bytes_.U8(offset_ + field);
  }
  offset_ += header_bytes;
  return Wlan({.has_fcs = (flags & kFcs) != 0,
               .padded = (flags & kPadded) != 0,
               .damaged = (flags & kBadFcs) != 0});
}

// Some drivers call AVS's header Prism's.
DecodeStatus LinkWalk::Prism() noexcept {
  constexpr size_t kPrismBytes = 144;
  constexpr uint32_t kAvsMagic = 0x80211000;
  if (Has(4) && (bytes_.U32(offset_) & 0xfffff000U) == kAvsMagic) return Avs();
  if (!Has(kPrismBytes)) return DecodeStatus::kTruncatedLink;
  offset_ += kPrismBytes;
  return Wlan({});
}

DecodeStatus LinkWalk::Avs() noexcept {
  if (!Has(8)) return DecodeStatus::kTruncatedLink;
  const size_t header_bytes = bytes_.U32(offset_ + 4);
  if (header_bytes < 8 || !Has(header_bytes)) {
    return DecodeStatus::kTruncatedLink;
  }
  offset_ += header_bytes;
  return Wlan({});
}

DecodeStatus LinkWalk::Wlan(WlanFrame frame) noexcept {
  constexpr size_t kFcsBytes = 4;
  if (frame.has_fcs) trailer_bytes_ += kFcsBytes;
  if (frame.damaged) return NonIp(kProtocolUnknown);
  if (!Has(2)) return DecodeStatus::kTruncatedLink;
  const unsigned control = bytes_.U8(offset_);
  const unsigned flags = bytes_.U8(offset_ + 1);
  const unsigned subtype = control >> 4U;
  switch (control & 0xfU) {  // the type, of version 0
    case 0x0:
      return WlanManagement((flags & kHasHtControl) != 0);
    case 0x4:
      return WlanControl(subtype);
    case 0x8:
      return WlanData(subtype, flags, frame.padded);
    default:
      return NonIp(kProtocolUnknown);
  }
}

DecodeStatus LinkWalk::WlanManagement(bool has_ht_control) noexcept {
  const size_t header_bytes =
      kThreeAddressBytes + (has_ht_control ? kHtControlBytes : 0);
  if (!Has(header_bytes)) return DecodeStatus::kTruncatedLink;
  SetMacs(offset_ + 4, offset_ + 10);
  offset_ += header_bytes;
  return NonIp(kProtocolWlanManagement);
}

DecodeStatus LinkWalk::WlanControl(unsigned subtype) noexcept {
  // Those with a transmitter: beamforming report poll, NDP announcement, block
  // ack request, block ack, PS-Poll, RTS, CF-End, CF-End with CF-Ack.
  constexpr unsigned kWithTransmitter = 0xcf30;
  const bool has_both = (kWithTransmitter >> subtype & 1U) != 0;
  const size_t header_bytes = 4 + kWlanAddressBytes * (has_both ? 2 : 1);
  if (!Has(header_bytes)) return DecodeStatus::kTruncatedLink;
  if (has_both) {
    SetMacs(offset_ + 4, offset_ + 10);
  } else {
    lone_dst_mac_ = offset_ + 4;
  }
  offset_ += header_bytes;
  return NonIp(kProtocolWlanControl);
}

DecodeStatus LinkWalk::WlanData(unsigned subtype, unsigned flags,
                                bool padded) noexcept {
  constexpr unsigned kNoData = 0x4;
  constexpr unsigned kQos = 0x8;
  constexpr unsigned kAggregated = 0x0080;  // in QoS control
  constexpr unsigned kHasMeshControl = 0x0100;
  constexpr unsigned kFragmentMask = 0xf;
  const bool to_ds = (flags & kToDs) != 0;
  const bool from_ds = (flags & kFromDs) != 0;
  const bool qos = (subtype & kQos) != 0;
  size_t header_bytes = kThreeAddressBytes;
  if (to_ds && from_ds) header_bytes += kWlanAddressBytes;
  const size_t qos_offset = offset_ + header_bytes;
  if (qos) header_bytes += (flags & kHasHtControl) != 0 ? 6 : 2;
  if (padded) header_bytes = ToFour(header_bytes);
  if (!Has(header_bytes)) return DecodeStatus::kTruncatedLink;

  const size_t third = offset_ + 16;
  SetMacs(to_ds ? third : offset_ + 4,
          !from_ds ? offset_ + 10 : (to_ds ? third + 8 : third));
  const unsigned fragment = Le16(offset_ + 22) & kFragmentMask;
  const unsigned qos_control = qos ? Le16(qos_offset) : 0;
  offset_ += header_bytes;
  if ((subtype & kNoData) != 0 || (flags & kProtected) != 0 || fragment != 0 ||
      WireRest() == 0) {
    return NonIp(kProtocolWlanData);
  }
  if ((qos_control & kAggregated) != 0) return AggregatedWlanData();
  if (from_ds && (qos_control & kHasMeshControl) != 0 && Has(1)) {
    // Flags, time to live, sequence number, and up to two more addresses; where
    // other flags are set, it is no mesh.
    const unsigned more_addresses = bytes_.U8(offset_);
    if (more_addresses <= 2) {
      const size_t mesh_bytes = 6 + more_addresses * kWlanAddressBytes;
      if (!Has(mesh_bytes)) return DecodeStatus::kTruncatedLink;
      offset_ += mesh_bytes;
    }
  }
  return Llc();
}

// A-MSDU: several packets in one frame. They cannot be counted as one.
DecodeStatus LinkWalk::AggregatedWlanData() noexcept {
  constexpr size_t kSubframeBytes = 14;  // addresses and length
  if (!Has(kSubframeBytes)) return DecodeStatus::kTruncatedLink;
  const size_t first_bytes = kSubframeBytes + bytes_.U16(offset_ + 12);
  if (ToFour(first_bytes) < WireRest()) return NonIp(kProtocolWlanData);
  packet_->has_macs = false;  // the header's are those of the access point
  SetMacs(offset_, offset_ + 6);
  offset_ += kSubframeBytes;
  return Llc();
}

}  // namespace ntm
