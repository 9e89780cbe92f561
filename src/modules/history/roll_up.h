// Rolls the samples of one source up into all tiers as they come.
//
// Shape    one open bucket per tier; a bucket ends with the first sample of a
//          later one.
// Threads  not synchronised.
// Errors   none; a clock that is set back a little counts into the open bucket,
//          one that is set back further begins a new one.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "rate_buckets.h"

namespace ntm::history {

struct Point {
  int64_t step_seconds = 0;
  Bucket bucket;
};

class RollUp {
 public:
  // Adds what came at time `sample.begin_s`; appends the buckets that it ends.
  void Add(const Bucket& sample, std::vector<Point>* ended);

  // Goes on from a minute that was kept by an earlier run: like Add(), in order
  // of time and before it, but the minute itself is not given out as ended.
  void Resume(const Bucket& minute, std::vector<Point>* ended);

  // Those that have begun, finest first.
  std::vector<Point> Open() const;

 private:
  static void AddTo(int64_t step_seconds, const Bucket& sample, Bucket* open,
                    std::vector<Point>* ended);

  std::array<Bucket, kTiers.size()> open_{};
};

}  // namespace ntm::history
