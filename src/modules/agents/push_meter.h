// Makes updates out of what goes to the local hosts and from them: rates over
// the time between two updates, and totals that go on where the last process
// has ended.
//
// Shape    of its totals each run counts what the interfaces have carried since
//          its first reading, and before it
//            - all that they have carried since the machine was started, if no
//              state is there or the machine was started anew;
//            - else, of each interface that the last run knew, what it has
//              carried since then.
// Threads  a value; one user at a time.
// Errors   a state that this did not write throws ntm::Error.
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
    std::string new_series;  // taken where there is no state
    std::string boot;        // new for each start of the machine
    std::chrono::nanoseconds interval;
  };

  PushMeter(Identity identity, const std::optional<std::string>& state);

  // Reads on; an update where one is due. Without load: the caller's.
  std::optional<TrafficUpdate> Read(const InterfaceReport& report,
                                    std::chrono::nanoseconds elapsed);

  // What to hand to the next process; "" before the first reading.
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
