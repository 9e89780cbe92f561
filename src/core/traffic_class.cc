#include "ntm/traffic_class.h"

#include <algorithm>

namespace ntm {
namespace {

constexpr std::array<std::string_view, kClassCount> kNames = {
    "", "other", "video", "voice", "file", "background"};

struct PortRange {
  uint16_t first;
  uint16_t last;
  ClassId traffic_class;
};
constexpr std::array kPorts = {PortRange{1755, 1755, kClassVideo},
                               PortRange{1935, 1935, kClassVideo},
                               PortRange{3478, 3479, kClassVideo},
                               PortRange{5004, 5005, kClassVideo},
                               PortRange{6970, 6979, kClassVideo},
                               PortRange{8554, 8554, kClassVideo},
                               PortRange{5060, 5062, kClassVoice},
                               PortRange{16384, 16396, kClassVoice},
                               PortRange{20, 22, kClassFile},
                               PortRange{25, 25, kClassFile},
                               PortRange{80, 80, kClassFile},
                               PortRange{110, 110, kClassFile},
                               PortRange{143, 143, kClassFile},
                               PortRange{443, 443, kClassFile},
                               PortRange{445, 445, kClassFile},
                               PortRange{3389, 3389, kClassFile},
                               PortRange{8080, 8080, kClassFile},
                               PortRange{8443, 8443, kClassFile},
                               PortRange{53, 53, kClassBackground},
                               PortRange{123, 123, kClassBackground},
                               PortRange{161, 162, kClassBackground},
                               PortRange{389, 389, kClassBackground},
                               PortRange{636, 636, kClassBackground},
                               PortRange{3306, 3306, kClassBackground},
                               PortRange{5432, 5432, kClassBackground}};

bool HasPorts(Protocol protocol) noexcept {
  return protocol == kProtocolTcp || protocol == kProtocolUdp ||
         protocol == kProtocolUdpLite || protocol == kProtocolSctp ||
         protocol == kProtocolDccp;
}

}  // namespace

TrafficClasses::TrafficClasses() : by_port_(65536, kClassOther) {
  for (const PortRange& range : kPorts) {
    std::fill(by_port_.begin() + range.first, by_port_.begin() + range.last + 1,
              range.traffic_class);
  }
}

ClassId TrafficClasses::OfConversation(Protocol protocol, uint16_t port_a,
                                       uint16_t port_b) const noexcept {
  if (!HasPorts(protocol)) return kClassOther;
  const auto [lower, higher] = std::minmax(port_a, port_b);
  const ClassId found = by_port_[lower];
  return found != kClassOther ? found : by_port_[higher];
}

std::string_view TrafficClasses::Name(ClassId id) noexcept {
  return kNames[id];
}

}  // namespace ntm
