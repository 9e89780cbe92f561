// By how much each flow has grown since the snapshot before.
//
// Units    bytes.
// Shape    the sum of all of it, ended_bytes included, is what the flows and
//          the evicted sums together have grown by: nothing is lost. A flow
//          that is new counts whole, one that has fewer bytes than before has
//          ended in between and begun anew.
// Memory   16 bytes per flow.
// Threads  one user at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "ntm/base/hash_seed.h"
#include "ntm/flow/snapshot.h"

namespace ntm::usage {

struct Growth {
  struct Grown {
    size_t flow = 0;  // its place in Snapshot::flows
    uint64_t bytes = 0;
  };
  std::vector<Grown> flows;
  // What flows had counted between the snapshot before and their end, when
  // nobody could see it any more.
  uint64_t ended_bytes = 0;
};

class FlowGrowth {
 public:
  // Before the first snapshot nothing was counted.
  Growth Since(const Snapshot& now);

 private:
  struct Seen {
    uint64_t hash = 0;
    uint64_t bytes = 0;
  };
  using Index = std::unordered_map<uint64_t, uint64_t>;

  uint64_t HashOf(const Snapshot& snapshot, size_t flow) const noexcept;
  uint64_t BytesBefore(uint64_t hash, size_t flow, Index* index) const;

  uint64_t seed_ = RandomHashSeed();
  std::vector<Seen> before_;
  uint64_t sum_before_ = 0;  // with what was evicted
};

}  // namespace ntm::usage
