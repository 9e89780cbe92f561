// Decodes the link layer: finds the outermost IP header of a frame.
//
// Shape    each layer advances the offset and calls the next one; at most
//          kMaxLayers tags and shims, so the walk always ends.
// Source   see ntm/decode/decode.h; IEEE 802.1CB, 802.1BR, 802.1ah (tags that
//          are skipped).
#pragma once

#include <algorithm>

#include "ntm/base/byte_reader.h"
#include "ntm/decode/packet.h"

namespace ntm {

class LinkWalk {
 public:
  // Both must outlive the walk. REQUIRES: `packet` is default-initialised.
  LinkWalk(const Frame& frame, Packet* packet) noexcept;

  DecodeStatus Start(int link_type) noexcept;

 private:
  // Each decodes the layer at offset_.
  DecodeStatus Ethernet() noexcept;
  DecodeStatus CookedV1() noexcept;
  DecodeStatus CookedV2() noexcept;
  DecodeStatus Null() noexcept;
  DecodeStatus Serial() noexcept;
  DecodeStatus CiscoHdlc() noexcept;
  DecodeStatus Ppp() noexcept;
  DecodeStatus Pppoe() noexcept;
  DecodeStatus Llc() noexcept;
  DecodeStatus Tag(uint16_t type, size_t tag_bytes) noexcept;
  DecodeStatus Macsec() noexcept;
  DecodeStatus Mpls() noexcept;
  DecodeStatus Nsh() noexcept;
  DecodeStatus AristaTimestamp() noexcept;
  DecodeStatus Ipv4() noexcept;
  DecodeStatus Ipv6() noexcept;
  DecodeStatus IpByNibble() noexcept;
  DecodeStatus NonIp(Protocol protocol) noexcept;

  // Type() takes an Ethertype, of at least 0x0600. TypeOrLength() takes the
  // type field of an Ethernet header, which may hold a length instead.
  DecodeStatus Type(uint16_t type) noexcept;
  DecodeStatus TypeOrLength(uint16_t type) noexcept;
  DecodeStatus Cooked(uint16_t type, uint16_t hardware) noexcept;

  bool Has(size_t length) const noexcept { return bytes_.Has(offset_, length); }
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
  size_t wire_bytes_;
  Packet* packet_;

  size_t offset_ = 0;         // never beyond bytes_
  size_t trailer_bytes_ = 0;  // on the wire, after the packet
  size_t cooked_mac_ = 0;     // offset of a cooked header's source MAC, or 0
  int layers_ = 0;
};

}  // namespace ntm
