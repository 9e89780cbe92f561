#include "capture_warnings.h"

#include <spdlog/spdlog.h>

#include <algorithm>

#include "ntm/capture/unsupported_link_type.h"
#include "ntm/decode/decode.h"

namespace ntm {

void WarnOfOverlaps(const std::vector<Overlap>& now,
                    const std::vector<Overlap>& before) {
  for (const Overlap& overlap : now) {
    if (std::ranges::find(before, overlap) != before.end()) continue;
    spdlog::warn("packets are counted more than once: {}; {}", overlap.reason,
                 overlap.interface == overlap.with
                     ? "name one interface with -i"
                     : "capture on one of them only");
  }
}

void WarnOfSuperpackets(const std::string& interface) {
  spdlog::warn(
      "interface {}: frames longer than its MTU arrive, each several wire "
      "packets merged (GRO, GSO, TSO): bytes are right, packets fewer than on "
      "the wire; ntm_capture_superpacket_segments_total estimates how many",
      interface);
}

void WarnOfLinkType(const std::string& interface, int link_type) {
  if (IsLinkTypeSupported(link_type)) return;
  spdlog::warn("interface {}: its frames cannot be counted, because {}",
               interface, WhyUnsupported(link_type));
}

}  // namespace ntm
