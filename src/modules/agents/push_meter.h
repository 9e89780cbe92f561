// Makes an agent's updates from the site's counters: rates over the time
// between two updates, and totals that continue across restarts.
//
// Shape    each run adds to the totals what the interfaces carry from its first
//          reading on. At that reading it adds what they carried before:
//          everything since boot if there is no saved state or the machine was
//          rebooted, else for each interface in the state the difference to its
//          saved counters.
// Threads  a value; one user at a time.
// Errors   the constructor throws ntm::Error for a state that State() did not
//          write.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "ntm/module/reports.h"
#include "traffic_update.h"

namespace ntm::agents {

class PushMeter {
 public:
  struct Identity {
    std::string id;
    std::string run;         // new for each process
    std::string new_series;  // used if there is no state
    std::string boot;        // new for each start of the machine
    std::chrono::nanoseconds interval;
  };

  PushMeter(Identity identity, const std::optional<std::string>& state);

  // Takes a reading; returns an update if one is due, without CPU and memory,
  // which the caller fills in.
  std::optional<TrafficUpdate> Read(const InterfaceReport& report,
                                    std::chrono::nanoseconds elapsed);

  // The state for the next process; "" before the first reading.
  std::string State() const;

 private:
  struct Pair {
    uint64_t receive = 0;
    uint64_t transmit = 0;
  };
  void Begin(const InterfaceReport& report);
  void CatchUp(const InterfaceReport& report);
  bool IsDue(std::chrono::nanoseconds elapsed);
  TrafficUpdate Make(const InterfaceReport& report);

  Identity identity_;
  std::string series_;
  std::string last_boot_;
  bool begun_ = false;
  Pair total_;
  Pair read_;                         // of the report's site
  std::map<std::string, Pair> seen_;  // by counter_name, at the last reading
  Pair at_update_;                    // total_ at the last update
  std::chrono::nanoseconds since_update_{};
  std::chrono::nanoseconds until_next_{};
  uint64_t sequence_ = 0;
};

}  // namespace ntm::agents
