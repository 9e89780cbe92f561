// The class of a flow, whose key has the name of its service but no port.
//
// Shape    the classes of the ports that have this name: the first one that is
//          not "other".
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
  explicit FlowClasses(const Services& services);

  // As the flow's own label says it, where classes are labels.
  ClassId Of(const Snapshot& snapshot, size_t flow) const;

  // The names of services that have another class than "other", for the page.
  std::map<std::string, std::string> ByService(const Services& services) const;

 private:
  std::vector<ClassId> by_service_;
};

}  // namespace ntm::web
