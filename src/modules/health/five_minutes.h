// The health of the last five minutes, as alerts need it: of each direction and
// of each name server.
//
// Shape    the counters every half minute, eleven of them: 25 kB each at most.
// Threads  not synchronised; the main thread.
#pragma once

#include <cstdint>
#include <deque>
#include <vector>

#include "ntm/flow/snapshot.h"
#include "ntm/module/reports.h"
#include "sums.h"

namespace ntm::health {

class FiveMinutes {
 public:
  // Once per tick. `sums` are those of the snapshot.
  SteadyHealth Add(const Snapshot& snapshot, const Sums& sums);

 private:
  // Counters since the start.
  struct State {
    int64_t time_ns = 0;
    SentSegments up;
    SentSegments down;
    std::vector<DnsCounts> dns;
  };

  std::deque<State> kept_;
};

}  // namespace ntm::health
