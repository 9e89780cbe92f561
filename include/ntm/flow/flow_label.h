// Defines which labels a flow has, and how its addresses are aggregated.
//
// Shape    a set of at least one label. kPlainLabels is the default; it is what
//          dashboards for this kind of exporter expect.
// Threads  value types and pure functions.
// Errors   an unknown label name gives std::nullopt.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "ntm/net/address.h"

namespace ntm {

// Sorted by name, which is their order in the exposition.
enum class FlowLabel : uint8_t {
  kClass,
  kDirection,
  kDscp,
  kDst,
  kDstMac,
  kDstPort,
  kInterface,
  kProto,
  kService,
  kSrc,
  kSrcMac,
  kSrcPort,
  kVlan,
  kCount,
};
inline constexpr size_t kFlowLabelCount =
    static_cast<size_t>(FlowLabel::kCount);

// The label's name: "src_mac".
std::string_view LabelName(FlowLabel label) noexcept;
std::optional<FlowLabel> ParseFlowLabel(std::string_view name) noexcept;

class FlowLabels {
 public:
  constexpr FlowLabels() = default;
  template <typename... Label>
  static constexpr FlowLabels Make(Label... labels) noexcept {
    FlowLabels set;
    (set.Add(labels), ...);
    return set;
  }

  constexpr void Add(FlowLabel label) noexcept { bits_ |= Bit(label); }
  constexpr void Remove(FlowLabel label) noexcept { bits_ &= ~Bit(label); }
  constexpr bool Has(FlowLabel label) const noexcept {
    return (bits_ & Bit(label)) != 0;
  }
  // Returns true iff the two sets have a label in common.
  constexpr bool Share(FlowLabels other) const noexcept {
    return (bits_ & other.bits_) != 0;
  }
  constexpr bool empty() const noexcept { return bits_ == 0; }

  friend constexpr bool operator==(FlowLabels, FlowLabels) = default;

 private:
  static constexpr uint32_t Bit(FlowLabel label) noexcept {
    return 1U << static_cast<unsigned>(label);
  }

  uint32_t bits_ = 0;
};

inline constexpr FlowLabels kPlainLabels = FlowLabels::Make(
    FlowLabel::kSrc, FlowLabel::kDst, FlowLabel::kProto, FlowLabel::kService);

// How many leading bits of an address are kept: addresses are aggregated to
// networks of this prefix length.
struct PrefixBits {
  uint8_t ipv4 = 32;
  uint8_t ipv6 = 128;

  // Returns true iff addresses of this kind are aggregated.
  bool Folds(AddressKind kind) const noexcept {
    return (kind == AddressKind::kIpv4 && ipv4 < 32) ||
           (kind == AddressKind::kIpv6 && ipv6 < 128);
  }
  uint8_t BitsOf(AddressKind kind) const noexcept {
    return kind == AddressKind::kIpv4 ? ipv4 : ipv6;
  }

  friend bool operator==(const PrefixBits&, const PrefixBits&) = default;
};

struct FlowLabelOptions {
  FlowLabels labels = kPlainLabels;
  PrefixBits src_prefix;
  PrefixBits dst_prefix;
  bool collapse_remote = false;  // an address that is not local is "internet"
  bool hide_macs = false;        // all MAC addresses are one and the same

  friend bool operator==(const FlowLabelOptions&,
                         const FlowLabelOptions&) = default;
};

}  // namespace ntm
