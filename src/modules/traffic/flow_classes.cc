#include "flow_classes.h"

namespace ntm::traffic {

FlowClasses::FlowClasses(const Snapshot& snapshot, const QosReport* report,
                         const std::vector<FlowRate>& rates)
    : snapshot_(snapshot) {
  for (const FlowRate& rate : rates) {
    sums_[IdOf(rate.flow)] += rate.bytes_per_second.value_or(0);
  }
  if (report == nullptr || snapshot.traffic_classes == nullptr) return;
  for (const ClassShare& share : report->classes) {
    shares_[snapshot.traffic_classes->Find(share.name)] = &share;
  }
  shares_[kNoClass] = nullptr;
}

ClassId FlowClasses::IdOf(size_t flow) const {
  return snapshot_.labels.labels.Has(FlowLabel::kClass)
             ? snapshot_.extras[flow].traffic_class
             : snapshot_.flows[flow].traffic_class();
}

std::string_view FlowClasses::Name(size_t flow) const {
  if (snapshot_.traffic_classes == nullptr) return "";
  return snapshot_.traffic_classes->Name(IdOf(flow));
}

std::optional<int> FlowClasses::Priority(size_t flow) const {
  const ClassShare* share = shares_[IdOf(flow)];
  if (share == nullptr) return std::nullopt;
  return share->priority;
}

std::optional<double> FlowClasses::AllocatedBytesPerSecond(
    const FlowRate& rate) const {
  const ClassId id = IdOf(rate.flow);
  if (shares_[id] == nullptr || !rate.bytes_per_second) return std::nullopt;
  if (sums_[id] <= 0) return 0;
  return shares_[id]->allocated_bytes_per_second * *rate.bytes_per_second /
         sums_[id];
}

}  // namespace ntm::traffic
