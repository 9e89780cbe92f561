// The class of a service, whose name is what /api/flows tells of a port.
//
// Shape    that of the first port with this name whose class is not "other". A
//          class that goes by DSCP, or by ports without a name, is not known
//          here; a flow's key knows its own, and ClassCounts the sums.
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

  // The names of services that have another class than "other", for the page.
  std::map<std::string, std::string> ByService(const Snapshot& snapshot) const;

 private:
  std::vector<ClassId> by_service_;
};

}  // namespace ntm::web
