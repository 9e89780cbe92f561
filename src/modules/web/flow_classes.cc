#include "flow_classes.h"

#include "ntm/protocol.h"

namespace ntm::web {
FlowClasses::FlowClasses(const Services& services,
                         const TrafficClasses& classes)
    : by_service_(services.name_count() + 1, kClassOther) {
  for (uint32_t port = 1; port < Services::kFirstEphemeralPort; ++port) {
    const auto number = static_cast<uint16_t>(port);
    for (const Protocol protocol : {kProtocolTcp, kProtocolUdp}) {
      const ServiceId service = services.Find(protocol, number);
      if (service == kNoService || by_service_[service] != kClassOther) {
        continue;
      }
      by_service_[service] = classes.OfPorts(number, number);
    }
  }
}

std::map<std::string, std::string> FlowClasses::ByService(
    const Snapshot& snapshot) const {
  std::map<std::string, std::string> named;
  if (!snapshot.services || !snapshot.traffic_classes) return named;
  for (size_t i = 1; i < by_service_.size(); ++i) {
    if (by_service_[i] == kClassOther) continue;
    named.emplace(snapshot.services->Name(static_cast<ServiceId>(i)),
                  snapshot.traffic_classes->Name(by_service_[i]));
  }
  return named;
}

}  // namespace ntm::web
