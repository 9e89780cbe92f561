// What a tick says about each kind of alert.
//
// Units    as in rule.h.
// Shape    a post that is absent, an interface without a rate, an agent that is
//          not active: no reading. So nothing that is quiet or dead holds an
//          alert.
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
  // Of counters, what they have grown by since the call before.
  std::vector<Reading> Read(const Tick& tick);

 private:
  struct Counts {
    uint64_t received = 0;  // those that the kernel dropped included
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

// What the subject is: "interface", "class", "agent"; "" where there is none.
const char* SubjectKindOf(KindId kind) noexcept;

}  // namespace ntm::alerts
