// One flow of several that have the same key, each from another table.
//
// Units    as in Flow: counters are summed, the latest time stays.
// Threads  pure functions on what the caller owns.
// Errors   MergeFlows() may throw std::bad_alloc.
// Source   hash: XXH3 64 bit (libxxhash), seeded as the tables are.
#pragma once

#include <cstdint>
#include <vector>

#include "ntm/flow/flow_key.h"
#include "ntm/flow/flow_table.h"

namespace ntm {

// REQUIRES: both have the same key.
void AddFlow(const Flow& flow, Flow* sum) noexcept;

// Leaves one flow for each key, in the order in which the keys first come.
// `extras` has as many as `flows`, or none.
void MergeFlows(uint64_t hash_seed, std::vector<Flow>* flows,
                std::vector<FlowExtras>* extras);

}  // namespace ntm
