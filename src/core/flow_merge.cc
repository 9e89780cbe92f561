#include "flow_merge.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <bit>

namespace ntm {

void AddFlow(const Flow& flow, Flow* sum) noexcept {
  sum->bytes += flow.bytes;
  sum->packets += flow.packets;
  sum->last_seen_ns = std::max(sum->last_seen_ns, flow.last_seen_ns);
}

void MergeFlows(uint64_t hash_seed, std::vector<Flow>* flows) {
  constexpr uint32_t kEmpty = 0xffffffff;
  std::vector<uint32_t> index(std::bit_ceil(flows->size() * 2 + 1), kEmpty);
  const size_t mask = index.size() - 1;
  uint32_t merged = 0;
  for (const Flow& flow : *flows) {
    size_t position =
        XXH3_64bits_withSeed(&flow.key, sizeof flow.key, hash_seed) & mask;
    while (index[position] != kEmpty &&
           !((*flows)[index[position]].key == flow.key)) {
      position = (position + 1) & mask;
    }
    if (index[position] != kEmpty) {
      AddFlow(flow, &(*flows)[index[position]]);
    } else {
      index[position] = merged;
      (*flows)[merged++] = flow;
    }
  }
  flows->resize(merged);
}

}  // namespace ntm
