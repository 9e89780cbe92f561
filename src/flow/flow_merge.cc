#include "ntm/flow/flow_merge.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <bit>

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
  constexpr uint32_t kEmpty = 0xffffffff;
  std::vector<uint32_t> index(std::bit_ceil(flows->size() * 2 + 1), kEmpty);
  const size_t mask = index.size() - 1;
  uint32_t merged = 0;
  for (size_t at = 0; at < flows->size(); ++at) {
    const FullKey full = KeyAt(*flows, *extras, at);
    size_t position =
        XXH3_64bits_withSeed(&full, sizeof full, hash_seed) & mask;
    while (index[position] != kEmpty &&
           KeyAt(*flows, *extras, index[position]) != full) {
      position = (position + 1) & mask;
    }
    if (index[position] != kEmpty) {
      AddFlow((*flows)[at], &(*flows)[index[position]]);
      continue;
    }
    index[position] = merged;
    (*flows)[merged] = (*flows)[at];
    if (!extras->empty()) (*extras)[merged] = full.extras;
    ++merged;
  }
  flows->resize(merged);
  if (!extras->empty()) extras->resize(merged);
}

}  // namespace ntm
