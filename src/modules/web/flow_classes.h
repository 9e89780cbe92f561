// The class of a flow, whose key has the name of its service but no port.
//
// Shape    that of the first port with this name whose class is not "other". A
//          class that goes by DSCP, or by ports without a name, is not known
//          here: sums by class come from ClassCounts.
// Threads  immutable after construction.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "ntm/flow_key.h"
#include "ntm/services.h"
#include "ntm/snapshot.h"
#include "ntm/traffic_class.h"

namespace ntm::web {

class FlowClasses {
 public:
  FlowClasses() = default;  // knows none
  FlowClasses(const Services& services, const TrafficClasses& classes);

  // As the flow's own label says it, where classes are labels.
  ClassId Of(const Snapshot& snapshot, size_t flow) const;

  // The names of services that have another class than "other", for the page.
  std::map<std::string, std::string> ByService(const Snapshot& snapshot) const;

 private:
  std::vector<ClassId> by_service_;
};

}  // namespace ntm::web
