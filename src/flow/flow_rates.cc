#include "ntm/flow/flow_rates.h"

#include "flow_index.h"
#include "ntm/base/counter_growth.h"
#include "ntm/base/unix_time.h"

namespace ntm {

std::vector<FlowRate> FlowRates(const Snapshot& now, const Snapshot* before) {
  const bool has_past = before != nullptr && now.time_ns > before->time_ns;
  FlowIndex past(has_past ? before->flows.size() : 0, 0);
  double seconds = 0;
  if (has_past) {
    seconds = SecondsOf(now.time_ns - before->time_ns);
    for (size_t i = 0; i < before->flows.size(); ++i) {
      past.PlaceOf(KeyAt(*before, i), before->flows, before->extras) =
          static_cast<uint32_t>(i);
    }
  }
  std::vector<FlowRate> rates;
  rates.reserve(now.flows.size());
  for (size_t i = 0; i < now.flows.size(); ++i) {
    const Flow& flow = now.flows[i];
    FlowRate rate{i, std::nullopt, std::nullopt};
    if (has_past) {
      const uint32_t place =
          past.PlaceOf(KeyAt(now, i), before->flows, before->extras);
      const auto grown = [&](uint64_t Flow::*counter) {
        const uint64_t was =
            place == FlowIndex::kNone ? 0 : before->flows[place].*counter;
        return static_cast<double>(CounterGrowth(was, flow.*counter)) / seconds;
      };
      rate.bytes_per_second = grown(&Flow::bytes);
      rate.packets_per_second = grown(&Flow::packets);
    }
    rates.push_back(rate);
  }
  return rates;
}

}  // namespace ntm
