// The health of the network in a step of time.
//
// Units    seconds; segments, connections, questions.
// Shape    only sums, so that two of them can be added up: times as counts per
//          bucket, because medians cannot be.
// Threads  pure functions on values.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "ntm/base/roll_up.h"
#include "ntm/base/unix_time.h"
#include "ntm/module/reports.h"
#include "sums.h"
#include "time_counts.h"

namespace ntm::health {

struct PastBucket {
  int64_t begin_s = 0;
  double watched_seconds = 0;  // of the step
  TimeCounts remote;           // round trips of handshakes
  TimeCounts local;
  TimeCounts dns;
  SentSegments up;
  SentSegments down;
  Attempts attempts;
};

using PastBuckets = std::vector<PastBucket>;

// What came between two states of the counters, as a sample of the later time.
PastBucket BucketBetween(const Sums& before, const Sums& after,
                         double watched_seconds);

// `into` keeps its begin.
void Merge(const PastBucket& other, PastBucket* into);

// Merges the buckets of each step. REQUIRES: in order of time.
PastBuckets Group(const PastBuckets& buckets, int64_t step_seconds);

// As the history keeps traffic.
inline constexpr std::array<Tier, 3> kPastTiers = {{
    {kMinuteSeconds, 3 * kDaySeconds},
    {15 * kMinuteSeconds, 62 * kDaySeconds},
    {60 * kMinuteSeconds, 400 * kDaySeconds},
}};

using PastRollUp = RollUp<PastBucket, kPastTiers>;
using PastPoint = PastRollUp::Point;

}  // namespace ntm::health
