// How fast each flow of a snapshot is.
//
// Units    bytes and packets per second, over one tick.
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
  // Absent without a tick before.
  std::optional<double> bytes_per_second;
  std::optional<double> packets_per_second;
};

// A key that was not there `before`, which may be null, had counted nothing.
std::vector<FlowRate> FlowRates(const Snapshot& now, const Snapshot* before);

// The whole key of the snapshot's flow of this index.
inline FullKey KeyAt(const Snapshot& snapshot, size_t flow) {
  return KeyAt(snapshot.flows, snapshot.extras, flow);
}

}  // namespace ntm
