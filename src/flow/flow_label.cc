#include "ntm/flow/flow_label.h"

#include <algorithm>

namespace ntm {
namespace {

constexpr std::array<std::string_view, kFlowLabelCount> kLabelNames = {
    "class",    "direction", "dscp",  "dst",     "dst_mac",
    "dst_port", "interface", "proto", "service", "src",
    "src_mac",  "src_port",  "vlan"};
static_assert(std::ranges::is_sorted(kLabelNames));

}  // namespace

std::string_view LabelName(FlowLabel label) noexcept {
  return kLabelNames[static_cast<size_t>(label)];
}

std::optional<FlowLabel> ParseFlowLabel(std::string_view name) noexcept {
  const auto* found = std::ranges::find(kLabelNames, name);
  if (found == kLabelNames.end()) return std::nullopt;
  return static_cast<FlowLabel>(found - kLabelNames.begin());
}

}  // namespace ntm
