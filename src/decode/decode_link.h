// The link layer of the decoder: finds the outermost IP header of a frame.
//
// Shape    each layer moves one offset on and hands over to the next one; at
//          most kMaxLayers tags and shims, so that no frame can loop.
// Source   see ntm/decode.h; IEEE 802.1CB, 802.1BR, 802.1ah (tags that are only
//          stepped over).
#pragma once

#include <algorithm>

#include "ntm/base/byte_reader.h"
#include "ntm/decode/packet.h"

namespace ntm {

class LinkWalk {
 public:
  // Both must outlive the walk; `packet` is as constructed.
  LinkWalk(const Frame& frame, Packet* packet) noexcept;

  DecodeStatus Start(int link_type) noexcept;

 private:
  // Each begins at offset_.
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

  // What an Ethertype of at least 0x0600 announces; and the field of an
  // Ethernet header, which may be a length instead.
  DecodeStatus Type(uint16_t type) noexcept;
  DecodeStatus TypeOrLength(uint16_t type) noexcept;
  DecodeStatus Cooked(uint16_t type, uint16_t hardware) noexcept;

  bool Has(size_t length) const noexcept { return bytes_.Has(offset_, length); }
  // What is left of the frame less its trailers: on the wire, and of that what
  // was captured.
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
  size_t cooked_mac_ = 0;     // where a cooked header has its source MAC, or 0
  int layers_ = 0;
};

}  // namespace ntm
