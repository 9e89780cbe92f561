// Takes the measurement for each kind of alert from a tick.
//
// Units    as in rule.h.
// Shape    an absent report, an interface without a rate or an inactive agent
//          gives no reading, so that a source that disappeared cannot keep an
//          alert open.
// Threads  one user at a time.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "evaluator.h"
#include "ntm/module/module.h"

namespace ntm::alerts {

class Readings {
 public:
  // For counters, the increase since the previous call.
  std::vector<Reading> Read(const Tick& tick);

 private:
  struct Counts {
    uint64_t received = 0;  // including those dropped by the kernel
    uint64_t dropped_by_kernel = 0;
    uint64_t dropped_by_interface = 0;
  };
  void AddCaptures(const Snapshot& snapshot, double seconds,
                   std::vector<Reading>* readings);
  void AddInterfaces(const InterfaceReport& report, double seconds,
                     std::vector<Reading>* readings);

  std::map<std::string, Counts> captures_;
  std::map<std::string, uint64_t> interface_errors_;
};

// The kind of subject: "interface", "class", "agent", "host",
// "direction", "server"; "" for none.
const char* SubjectKindOf(KindId kind) noexcept;

}  // namespace ntm::alerts
