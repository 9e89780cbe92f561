// The key of a flow: its labels, in bytes that are compared and hashed as whole
// words.
//
// Shape    FlowKey has the default labels; FlowExtras has the others, and
// exists
//          only if one of these is enabled. A label that is not enabled is
//          zero, so fewer labels give fewer flows.
// Threads  value types and pure functions.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

#include "ntm/flow/flow_label.h"
#include "ntm/flow/traffic_class.h"
#include "ntm/net/address.h"
#include "ntm/net/local_networks.h"
#include "ntm/net/protocol.h"
#include "ntm/net/services.h"

namespace ntm {

// Built and compared as whole words, without a branch or a call. The last two
// bytes are spare and no part of the key: only a Flow uses them, for its class.
struct FlowKey {
  std::array<uint64_t, 2> src{};  // Address::bytes
  std::array<uint64_t, 2> dst{};
  uint64_t rest = 0;  // service, protocol, the addresses' kinds; spare bytes

  static FlowKey Make(const Address& src, const Address& dst, Protocol protocol,
                      ServiceId service) noexcept {
    using Words = std::array<uint64_t, 2>;
    return {std::bit_cast<Words>(src.bytes), std::bit_cast<Words>(dst.bytes),
            uint64_t{service} | uint64_t{protocol} << 16 |
                uint64_t{static_cast<uint8_t>(src.kind)} << 32 |
                uint64_t{static_cast<uint8_t>(dst.kind)} << 40};
  }

  ServiceId service() const noexcept { return static_cast<ServiceId>(rest); }
  void set_service(ServiceId service) noexcept {
    rest = (rest & ~uint64_t{UINT16_MAX}) | service;
  }
  Protocol protocol() const noexcept {
    return static_cast<Protocol>(rest >> 16);
  }
  Address Src() const noexcept { return AddressOf(src, rest >> 32); }
  Address Dst() const noexcept { return AddressOf(dst, rest >> 40); }

  friend bool operator==(const FlowKey& a, const FlowKey& b) noexcept {
    return ((a.src[0] ^ b.src[0]) | (a.src[1] ^ b.src[1]) |
            (a.dst[0] ^ b.dst[0]) | (a.dst[1] ^ b.dst[1]) |
            ((a.rest ^ b.rest) & kUsedMask)) == 0;
  }

  // The part of `rest` that belongs to the key.
  static constexpr unsigned kUsedBits = 48;
  static constexpr uint64_t kUsedMask = (uint64_t{1} << kUsedBits) - 1;

 private:
  static Address AddressOf(const std::array<uint64_t, 2>& words,
                           uint64_t kind) noexcept {
    Address address;
    address.bytes = std::bit_cast<std::array<uint8_t, 16>>(words);
    address.kind = static_cast<AddressKind>(kind & 0xff);
    return address;
  }
};
static_assert(sizeof(FlowKey) == 40);

// The labels that are off by default. A field is valid iff its bit is set in
// `has`; the interface is its index in Snapshot::captures plus one, 0 for none.
struct FlowExtras {
  enum Has : uint8_t {
    kMacs = 1,
    kPorts = 2,
    kVlan = 4,
    kDscp = 8,
    kOther = 16,  // these four are "other": past the series limit
  };

  std::array<uint8_t, 6> src_mac{};
  std::array<uint8_t, 6> dst_mac{};
  uint16_t src_port = 0;
  uint16_t dst_port = 0;
  uint16_t vlan = 0;
  uint16_t interface = 0;
  uint8_t dscp = 0;
  Direction direction = Direction::kNone;
  ClassId traffic_class = kNoClass;
  uint8_t has = 0;

  friend bool operator==(const FlowExtras& a, const FlowExtras& b) noexcept {
    using Words = std::array<uint64_t, 3>;
    const auto x = std::bit_cast<Words>(a);
    const auto y = std::bit_cast<Words>(b);
    return ((x[0] ^ y[0]) | (x[1] ^ y[1]) | (x[2] ^ y[2])) == 0;
  }
};
static_assert(sizeof(FlowExtras) == 24);

inline constexpr FlowLabels kExtraLabels = FlowLabels::Make(
    FlowLabel::kClass, FlowLabel::kDirection, FlowLabel::kDscp,
    FlowLabel::kDstMac, FlowLabel::kDstPort, FlowLabel::kInterface,
    FlowLabel::kSrcMac, FlowLabel::kSrcPort, FlowLabel::kVlan);

struct FullKey {
  FlowKey key;
  FlowExtras extras;

  friend bool operator==(const FullKey&, const FullKey&) = default;
};
static_assert(sizeof(FullKey) == 64);

// The key that a packet counts into when its own key gets no slot in the table:
// labels of few values stay (proto, service, interface, direction, class), all
// others are "other".
FullKey OverflowKey(const FullKey& full, FlowLabels labels) noexcept;

// The key for packets whose OverflowKey() gets no slot either: proto is "other"
// too, and the other labels that OverflowKey() keeps are empty.
FullKey LastResortKey(FlowLabels labels) noexcept;

}  // namespace ntm
