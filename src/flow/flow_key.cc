#include "ntm/flow/flow_key.h"

namespace ntm {
namespace {

constexpr FlowLabels kManyValued =
    FlowLabels::Make(FlowLabel::kDscp, FlowLabel::kDstMac, FlowLabel::kDstPort,
                     FlowLabel::kSrcMac, FlowLabel::kSrcPort, FlowLabel::kVlan);

FullKey Folded(FlowLabels labels, Protocol protocol,
               ServiceId service) noexcept {
  const auto address = [labels](FlowLabel label) {
    return labels.Has(label) ? Address::Other() : Address();
  };
  FullKey folded;
  folded.key = FlowKey::Make(address(FlowLabel::kSrc), address(FlowLabel::kDst),
                             protocol, service);
  if (labels.Share(kManyValued)) folded.extras.has = FlowExtras::kOther;
  return folded;
}

}  // namespace

FullKey OverflowKey(const FullKey& full, FlowLabels labels) noexcept {
  FullKey folded = Folded(labels, full.key.protocol(), full.key.service());
  folded.extras.interface = full.extras.interface;
  folded.extras.direction = full.extras.direction;
  folded.extras.traffic_class = full.extras.traffic_class;
  return folded;
}

FullKey LastResortKey(FlowLabels labels) noexcept {
  return Folded(labels,
                labels.Has(FlowLabel::kProto) ? kProtocolOther : Protocol{0},
                kNoService);
}

}  // namespace ntm
