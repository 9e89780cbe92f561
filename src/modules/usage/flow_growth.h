// Computes the increase of each flow since the last snapshot.
//
// Units    bytes.
// Shape    the sum, including ended_bytes, is the increase of all flows and of
//          the evicted sums, so that no byte is lost. A new flow counts with
//          all its bytes; one with fewer bytes than before has ended and
//          started again in between.
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
    size_t flow = 0;  // index in Snapshot::flows
    uint64_t bytes = 0;
  };
  std::vector<Grown> flows;
  // Bytes of flows counted between the last snapshot and their end, which no
  // snapshot shows.
  uint64_t ended_bytes = 0;
};

class FlowGrowth {
 public:
  // The first snapshot counts from 0.
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
  uint64_t sum_before_ = 0;  // including evicted flows
};

}  // namespace ntm::usage
