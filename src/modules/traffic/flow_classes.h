// The class of each flow of a snapshot, and what that gets of the link.
//
// Units    bytes per second.
// Shape    a flow's class is that of its latest packet, unless the class is a
//          label. What a class is allocated is shared among its flows as they
//          share what it carries.
// Threads  pure functions; it refers to what it is made of.
// Errors   none.
#pragma once

#include <array>
#include <optional>
#include <string_view>
#include <vector>

#include "ntm/flow/flow_rates.h"
#include "ntm/flow/snapshot.h"
#include "ntm/module/reports.h"

namespace ntm::traffic {

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
