// The class of each flow of a snapshot, and its share of the bandwidth
// allocated to the class.
//
// Units    bytes per second.
// Shape    the class of a flow is that of its latest packet, unless the class
//          is a label. The allocation of a class is divided among its flows in
//          proportion to their rates.
// Threads  pure functions; the constructor's arguments must outlive this
//          object.
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
  // `report` may be null: then there are no priorities and allocations.
  FlowClasses(const Snapshot& snapshot, const QosReport* report,
              const std::vector<FlowRate>& rates);

  // "video"; "" for the sum of flows past the series limit.
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
