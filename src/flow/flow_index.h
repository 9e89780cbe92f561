// Finds the flows of a list by their keys.
//
// Memory   one block of 8 to 16 bytes per flow. A map with a node per flow
//          would leave its memory scattered over the heap.
// Threads  not synchronised.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "ntm/flow/flow_key.h"
#include "ntm/flow/flow_table.h"

namespace ntm {

class FlowIndex {
 public:
  static constexpr uint32_t kNone = 0xffffffff;

  // For at most so many flows.
  FlowIndex(size_t flows, uint64_t hash_seed);

  // Where the place of the key's flow in the list is kept: kNone if it has
  // none; the caller may write it there then. `extras` as in KeyAt().
  uint32_t& PlaceOf(const FullKey& full, const std::vector<Flow>& flows,
                    const std::vector<FlowExtras>& extras) noexcept;

 private:
  uint64_t hash_seed_;
  std::vector<uint32_t> places_;
};

}  // namespace ntm
