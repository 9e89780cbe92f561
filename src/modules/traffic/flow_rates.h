// How fast each flow of a snapshot is, and what its class gets of the link.
//
// Units    bytes and packets per second, over one tick.
// Shape    one rate per flow, in the snapshot's order. A flow's class is that
//          of its latest packet, unless the class is a label. What a class is
//          allocated is shared among its flows as they share what it carries.
// Threads  pure functions; FlowClasses refers to what it is made of.
// Errors   none.
#pragma once

#include <array>
#include <optional>
#include <string_view>
#include <vector>

#include "ntm/posts.h"
#include "ntm/snapshot.h"

namespace ntm::traffic {

struct FlowRate {
  size_t flow;
  // Absent without a tick before.
  std::optional<double> bytes_per_second;
  std::optional<double> packets_per_second;
};

// A key that was not there `before`, which may be null, had counted nothing.
std::vector<FlowRate> FlowRates(const Snapshot& now, const Snapshot* before);

class FlowClasses {
 public:
  // `report` may be null: then nothing is ruled or allocated.
  FlowClasses(const Snapshot& snapshot, const QosReport* report,
              const std::vector<FlowRate>& rates);

  // "video"; "" for what flows without a place of their own are summed up in.
  std::string_view Name(size_t flow) const;
  std::optional<int> Priority(size_t flow) const;
  std::optional<double> AllocatedBytesPerSecond(const FlowRate& rate) const;

 private:
  ClassId IdOf(size_t flow) const;

  const Snapshot& snapshot_;
  std::array<const ClassShare*, kMaxClasses> shares_{};
  std::array<double, kMaxClasses> sums_{};
};

}  // namespace ntm::traffic
