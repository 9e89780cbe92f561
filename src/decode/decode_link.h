// Decodes the link layer: finds the outermost IP header of a frame.
//
// Shape    each layer advances the offset and calls the next one; at most
//          kMaxLayers tags and shims, so the walk always ends.
// Files    decode_link.cc: the walk, Ethernet, LLC, tags. decode_serial.cc: PPP
//          and HDLC. decode_shim.cc: what stands between an Ethertype and a
//          packet without being a tag. decode_wlan.cc: IEEE 802.11.
//          decode_pseudo.cc: headers that the capturing system adds.
// Source   see ntm/decode/decode.h.
#pragma once

#include <algorithm>
#include <cstdint>

#include "ntm/base/byte_reader.h"
#include "ntm/decode/packet.h"

namespace ntm {

class LinkWalk {
 public:
  // Both must outlive the walk. REQUIRES: `packet` is default-initialised.
  LinkWalk(const Frame& frame, Packet* packet) noexcept;

  DecodeStatus Start(int link_type) noexcept;

 private:
  static constexpr int kMaxLayers = 16;

  // What a capture says about its IEEE 802.11 frames.
  struct WlanFrame {
    bool has_fcs = false;  // a checksum of four bytes at the end
    bool padded = false;   // the header is filled up to a multiple of four
    bool damaged = false;  // the checksum is wrong
  };

  // Each decodes the layer at offset_.
  DecodeStatus Ethernet() noexcept;
  DecodeStatus SwitchTagged(size_t tag_bytes, bool is_marvell) noexcept;
  DecodeStatus CookedV1() noexcept;
  DecodeStatus CookedV2() noexcept;
  DecodeStatus Null() noexcept;
  DecodeStatus Serial() noexcept;
  DecodeStatus SerialWithDirection() noexcept;
  DecodeStatus CiscoHdlc() noexcept;
  DecodeStatus Ppp() noexcept;
  DecodeStatus Pppoe() noexcept;
  DecodeStatus Llc() noexcept;
  DecodeStatus Macsec() noexcept;
  DecodeStatus Mpls() noexcept;
  DecodeStatus Nsh() noexcept;
  DecodeStatus Ipv4() noexcept;
  DecodeStatus Ipv6() noexcept;
  DecodeStatus IpByNibble() noexcept;
  DecodeStatus NonIp(Protocol protocol) noexcept;

  DecodeStatus Radiotap() noexcept;
  DecodeStatus Prism() noexcept;
  DecodeStatus Avs() noexcept;
  DecodeStatus Wlan(WlanFrame frame) noexcept;
  DecodeStatus WlanManagement(bool has_ht_control) noexcept;
  DecodeStatus WlanControl(unsigned subtype) noexcept;
  DecodeStatus WlanData(unsigned subtype, unsigned flags, bool padded) noexcept;
  DecodeStatus AggregatedWlanData() noexcept;

  // A frame of any link type inside the header of another.
  DecodeStatus Nested(uint32_t link_type) noexcept;
  DecodeStatus Ppi() noexcept;
  DecodeStatus Pktap() noexcept;
  DecodeStatus Nflog() noexcept;
  DecodeStatus NflogPayload(uint8_t family, uint16_t type,
                            size_t payload_bytes) noexcept;
  DecodeStatus Pflog() noexcept;
  DecodeStatus Enc() noexcept;
  DecodeStatus Ipnet() noexcept;
  DecodeStatus NetAnalyzer(size_t header_bytes) noexcept;

  // The layer after `header_bytes` of no interest.
  using Layer = DecodeStatus (LinkWalk::*)() noexcept;
  DecodeStatus After(size_t header_bytes, Layer layer) noexcept {
    if (!Has(header_bytes)) return DecodeStatus::kTruncatedLink;
    offset_ += header_bytes;
    return (this->*layer)();
  }

  // Type() takes an Ethertype, of at least 0x0600. TypeOrLength() takes the
  // type field of an Ethernet header, which may hold a length instead.
  DecodeStatus Type(uint16_t type) noexcept;
  DecodeStatus TypeOrLength(uint16_t type) noexcept;
  DecodeStatus Tagged(uint16_t type) noexcept;
  DecodeStatus Cooked(uint16_t type, uint16_t hardware) noexcept;
  // An address family, as the BSDs, macOS, Linux and Windows number them.
  DecodeStatus Family(uint32_t family) noexcept;

  // Sets the frame's addresses, unless an outer header has. REQUIRES: both are
  // inside.
  void SetMacs(size_t dst_offset, size_t src_offset) noexcept;

  bool Has(size_t length) const noexcept { return bytes_.Has(offset_, length); }
  // Little-endian. REQUIRES: inside.
  uint16_t Le16(size_t offset) const noexcept {
    return __builtin_bswap16(bytes_.U16(offset));
  }
  uint32_t Le32(size_t offset) const noexcept {
    return __builtin_bswap32(bytes_.U32(offset));
  }
  // The rest of the frame without trailers: its size on the wire, and the
  // captured part of it.
  size_t WireRest() const noexcept {
    const size_t taken = offset_ + trailer_bytes_;
    return taken < wire_bytes_ ? wire_bytes_ - taken : 0;
  }
  ByteReader Rest() const noexcept {
    return {bytes_.data() + offset_,
            std::min(bytes_.size() - offset_, WireRest())};
  }

  // Constant after construction
  ByteReader bytes_;
  Packet* packet_;

  size_t wire_bytes_;
  size_t offset_ = 0;         // never beyond bytes_
  size_t trailer_bytes_ = 0;  // on the wire, after the packet
  size_t lone_src_mac_ = 0;   // offset of the only MAC address, or 0
  size_t lone_dst_mac_ = 0;
  int layers_ = 0;
};

}  // namespace ntm
