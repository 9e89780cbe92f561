#include "flow_index.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <bit>

namespace ntm {

FlowIndex::FlowIndex(size_t flows, uint64_t hash_seed)
    : hash_seed_(hash_seed), places_(std::bit_ceil(flows * 2 + 1), kNone) {}

uint32_t& FlowIndex::PlaceOf(const FullKey& full,
                             const std::vector<Flow>& flows,
                             const std::vector<FlowExtras>& extras) noexcept {
  const size_t mask = places_.size() - 1;
  size_t at = XXH3_64bits_withSeed(&full, sizeof full, hash_seed_) & mask;
  while (places_[at] != kNone && KeyAt(flows, extras, places_[at]) != full) {
    at = (at + 1) & mask;
  }
  return places_[at];
}

}  // namespace ntm
