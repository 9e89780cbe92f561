#include "ntm/flow/flow_merge.h"

#include "flow_index.h"

namespace ntm {

void AddFlow(const Flow& flow, Flow* sum) noexcept {
  sum->bytes += flow.bytes;
  sum->packets += flow.packets;
  if (flow.last_seen_ns <= sum->last_seen_ns) return;
  sum->last_seen_ns = flow.last_seen_ns;
  sum->set_traffic_class(flow.traffic_class());
}

void MergeFlows(uint64_t hash_seed, std::vector<Flow>* flows,
                std::vector<FlowExtras>* extras) {
  FlowIndex index(flows->size(), hash_seed);
  uint32_t merged = 0;
  for (size_t at = 0; at < flows->size(); ++at) {
    const FullKey full = KeyAt(*flows, *extras, at);
    uint32_t& place = index.PlaceOf(full, *flows, *extras);
    if (place != FlowIndex::kNone) {
      AddFlow((*flows)[at], &(*flows)[place]);
      continue;
    }
    place = merged;
    (*flows)[merged] = (*flows)[at];
    if (!extras->empty()) (*extras)[merged] = full.extras;
    ++merged;
  }
  flows->resize(merged);
  if (!extras->empty()) extras->resize(merged);
}

}  // namespace ntm
