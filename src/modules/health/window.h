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

#include "ntm/module/reports.h"
#include "sums.h"

namespace ntm::health {

class Window {
 public:
  // Once per tick.
  void Add(const Sums& now);

  // Over the last minute; of what there is, at the beginning.
  HealthReport Report() const;

 private:
  static HealthReport Between(const Sums& before, const Sums& after);
  void EndMinute();

  std::deque<Sums> kept_;
  Sums now_;
  Sums minute_began_;
  std::vector<HealthMinute> hour_;
};

}  // namespace ntm::health
