// The health of the last minute, and of each minute of the last hour.
//
// Shape    sums of the counters every ten seconds, seven of them: a few
//          kilobytes each, however many packets there were.
// Units    seconds, segments; ns since the epoch.
// Threads  not synchronised; the main thread.
#pragma once

#include <cstdint>
#include <deque>
#include <vector>

#include "ntm/conversation/latency_histogram.h"
#include "ntm/flow/snapshot.h"
#include "ntm/module/reports.h"

namespace ntm::health {

class Window {
 public:
  // Once per tick.
  void Add(const Snapshot& snapshot);

  // Over the last minute; of what there is, at the beginning.
  HealthReport Report() const;

 private:
  // Counters since the start.
  struct Sums {
    int64_t time_ns = 0;
    LatencyHistogram remote;
    LatencyHistogram local;
    LatencyHistogram dns;
    SentSegments up;
    SentSegments down;
    uint64_t established = 0;
    uint64_t refused = 0;
    uint64_t unanswered = 0;
    uint64_t dns_answers = 0;
    uint64_t dns_failures = 0;
    uint64_t dns_unanswered = 0;
    std::vector<ServiceHealth> services;
  };

  static Sums SumsOf(const Snapshot& snapshot);
  static HealthReport Between(const Sums& before, const Sums& after);
  void EndMinute();

  std::deque<Sums> kept_;
  Sums now_;
  Sums minute_began_;
  std::vector<HealthMinute> hour_;
};

}  // namespace ntm::health
