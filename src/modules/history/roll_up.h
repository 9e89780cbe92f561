// Aggregates the samples of one source into the buckets of all tiers.
//
// Shape    one open bucket per tier; it is closed by the first sample of a
//          later one.
// Threads  not synchronised.
// Errors   none; if the clock is set back by up to an hour, samples go into the
//          open bucket; beyond that a new bucket is opened.
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
  // Adds a sample of time `sample.begin_s`; appends the buckets it closes.
  void Add(const Bucket& sample, std::vector<Point>* ended);

  // Restores a minute stored by an earlier run; to be called in order of time
  // and before Add(). Like Add(), but the minute itself is not appended.
  void Resume(const Bucket& minute, std::vector<Point>* ended);

  // The open buckets, finest first.
  std::vector<Point> Open() const;

 private:
  static void AddTo(int64_t step_seconds, const Bucket& sample, Bucket* open,
                    std::vector<Point>* ended);

  std::array<Bucket, kTiers.size()> open_{};
};

}  // namespace ntm::history
