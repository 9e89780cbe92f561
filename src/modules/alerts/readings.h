// What a tick says about each kind of alert, and in which words an alert tells
// it.
//
// Units    as in rule.h.
// Shape    a post that is absent, an interface without a rate, an agent that is
//          not active: no reading. So nothing that is quiet or dead holds an
//          alert.
// Threads  Readings: one user at a time. MessageOf() is pure.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "evaluator.h"
#include "ntm/module.h"

namespace ntm::alerts {

class Readings {
 public:
  // Of counters, what they have grown by since the call before.
  std::vector<Reading> Of(const Tick& tick);

 private:
  struct Counts {
    uint64_t received = 0;
    uint64_t dropped = 0;
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

// Sentences: what is the matter, and what to do.
std::string MessageOf(const Change& began, const Rule& rule);

}  // namespace ntm::alerts
