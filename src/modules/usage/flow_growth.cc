#include "flow_growth.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <utility>

#include "ntm/base/counter_growth.h"
#include "ntm/flow/flow_rates.h"

namespace ntm::usage {

uint64_t FlowGrowth::HashOf(const Snapshot& snapshot,
                            size_t flow) const noexcept {
  const FullKey full = KeyAt(snapshot, flow);
  return XXH3_64bits_withSeed(&full, sizeof full, seed_);
}

// A flow usually has the same position as before; otherwise it is looked up.
uint64_t FlowGrowth::BytesBefore(uint64_t hash, size_t flow,
                                 Index* index) const {
  if (flow < before_.size() && before_[flow].hash == hash) {
    return before_[flow].bytes;
  }
  if (index->empty()) {
    index->reserve(before_.size());
    for (const Seen& seen : before_) index->emplace(seen.hash, seen.bytes);
  }
  const auto found = index->find(hash);
  return found == index->end() ? 0 : found->second;
}

Growth FlowGrowth::Since(const Snapshot& now) {
  Growth growth;
  std::vector<Seen> seen;
  seen.reserve(now.flows.size());
  Index index;
  uint64_t sum = now.evicted_bytes;
  uint64_t grown = 0;
  for (size_t i = 0; i < now.flows.size(); ++i) {
    const uint64_t bytes = now.flows[i].bytes;
    const uint64_t hash = HashOf(now, i);
    const uint64_t before = BytesBefore(hash, i, &index);
    const uint64_t since = CounterGrowth(before, bytes);
    if (since > 0) growth.flows.push_back({i, since});
    seen.push_back({hash, bytes});
    sum += bytes;
    grown += since;
  }
  const uint64_t whole = sum - sum_before_;
  growth.ended_bytes = whole > grown ? whole - grown : 0;
  before_ = std::move(seen);
  sum_before_ = sum;
  return growth;
}

}  // namespace ntm::usage
