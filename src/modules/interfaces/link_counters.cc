#include "link_counters.h"

#include <limits>

namespace ntm::interfaces {
namespace {

// The counter that decreases as well if all counters were reset: bytes for
// packets, packets for bytes, bytes for the others.
constexpr size_t Witness(size_t counter) {
  return counter < kReceiveErrors ? counter ^ 2U : counter % 2;
}

static_assert(Witness(kReceiveBytes) == kReceivePackets);
static_assert(Witness(kTransmitPackets) == kTransmitBytes);
static_assert(Witness(kTransmitDropped) == kTransmitBytes);

}  // namespace

LinkCounters Growth(const LinkCounters& before, const LinkCounters& now) {
  LinkCounters growth{};
  for (size_t i = 0; i < kCounterCount; ++i) {
    if (now[i] >= before[i]) {
      growth[i] = now[i] - before[i];
      continue;
    }
    const auto over_the_edge =
        static_cast<uint32_t>(now[i]) - static_cast<uint32_t>(before[i]);
    const bool has_wrapped =
        before[i] <= std::numeric_limits<uint32_t>::max() &&
        over_the_edge <= std::numeric_limits<uint32_t>::max() / 2 &&
        now[Witness(i)] >= before[Witness(i)];
    growth[i] = has_wrapped ? over_the_edge : now[i];
  }
  return growth;
}

void Add(const LinkCounters& growth, LinkCounters* sum) {
  for (size_t i = 0; i < kCounterCount; ++i) (*sum)[i] += growth[i];
}

}  // namespace ntm::interfaces
