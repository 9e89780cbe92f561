// Sums up the health of the network in steps of time, and keeps what is not yet
// written to the database, so that answers include it.
//
// Shape    what is not written waits for as long as the database would keep it:
//          20,000 buckets at most, of some hundred bytes each. As long as no
//          database was opened, only the last hour.
// Threads  any; the mutex is held only to copy.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <vector>

#include "past_bucket.h"

namespace ntm::health {

inline constexpr int64_t kSecondsWithoutDatabase = 3600;

class PastRecord {
 public:
  // Once per tick.
  void Add(const Sums& now, double elapsed_seconds);

  // A database was opened. `minutes` are the stored ones of the coarser steps
  // that are still open; they are taken up unless this run has counted
  // something itself.
  void KeepForWriting(const PastBuckets& minutes);

  // What is not written: closed buckets, and the open minute, so that a crash
  // loses only what follows.
  struct Unwritten {
    std::vector<PastPoint> points;
    std::array<uint64_t, kPastTiers.size()> ends{};
  };
  Unwritten ToWrite() const;
  void Written(const Unwritten& unwritten);

  // By begin, in [from, to), of one tier.
  std::map<int64_t, PastBucket> Buckets(int64_t step_seconds, int64_t from_s,
                                        int64_t to_s) const;

 private:
  // The buckets of one tier that are not written, oldest first.
  struct Pending {
    std::deque<PastBucket> buckets;
    uint64_t first = 0;  // how many were taken away before
  };

  void Keep(const std::vector<PastPoint>& ended);

  mutable std::mutex mutex_;
  // Guarded.
  Sums before_;
  bool has_begun_ = false;
  bool keeps_ = false;
  PastRollUp roll_up_;
  std::array<Pending, kPastTiers.size()> pending_;
};

}  // namespace ntm::health
