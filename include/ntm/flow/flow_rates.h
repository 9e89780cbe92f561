// Computes the rate of each flow of a snapshot.
//
// Units    bytes and packets per second, since the snapshot before.
// Shape    one rate per flow, in the snapshot's order.
// Threads  pure functions.
// Errors   none.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "ntm/flow/flow_key.h"
#include "ntm/flow/snapshot.h"

namespace ntm {

struct FlowRate {
  size_t flow;
  // Absent without a snapshot before.
  std::optional<double> bytes_per_second;
  std::optional<double> packets_per_second;
};

// `before` may be null. A flow that was not in it counts from 0.
std::vector<FlowRate> FlowRates(const Snapshot& now, const Snapshot* before);

// All labels of the snapshot's flow with this index, without its class.
inline FullKey KeyAt(const Snapshot& snapshot, size_t flow) {
  return KeyAt(snapshot.flows, snapshot.extras, flow);
}

}  // namespace ntm
