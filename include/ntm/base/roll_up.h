// Aggregates samples into buckets of several lengths of time at once, so that
// what is past can be kept coarser the older it is.
//
// Units    seconds since the epoch, UTC.
// Shape    one open bucket per tier; it is closed by the first sample of a
//          later one.
//          Bucket has a member begin_s (0: it has not begun) and a function
//          Merge(const Bucket& other, Bucket* into), which keeps into's begin.
// Threads  not synchronised.
// Errors   none; if the clock is set back by up to an hour, samples go into the
//          open bucket; beyond that a new bucket is opened.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace ntm {

inline constexpr int64_t kMinuteSeconds = 60;

// A length of time by which the past is kept, and for how long.
struct Tier {
  int64_t step_seconds = 0;
  int64_t keep_seconds = 0;
};

inline constexpr int64_t BeginOf(int64_t time_s,
                                 int64_t step_seconds) noexcept {
  return time_s / step_seconds * step_seconds;
}

template <typename Bucket>
struct StepBucket {
  int64_t step_seconds = 0;
  Bucket bucket;
};

// kTiers: an array of Tier, the finest first.
template <typename Bucket, const auto& kTiers>
class RollUp {
 public:
  using Point = StepBucket<Bucket>;

  // Adds a sample of time `sample.begin_s`; appends the buckets it closes.
  void Add(const Bucket& sample, std::vector<Point>* ended) {
    for (size_t i = 0; i < kTiers.size(); ++i) AddTo(i, sample, ended);
  }

  // Restores a minute stored by an earlier run; to be called in order of time
  // and before Add(). Like Add(), but the minute itself is not appended, and
  // finer tiers begin anew.
  void Resume(const Bucket& minute, std::vector<Point>* ended) {
    for (size_t i = 0; i < kTiers.size(); ++i) {
      if (kTiers[i].step_seconds < kMinuteSeconds) continue;
      if (kTiers[i].step_seconds == kMinuteSeconds) {
        open_[i] = minute;
      } else {
        AddTo(i, minute, ended);
      }
    }
  }

  // The open buckets, finest first.
  std::vector<Point> Open() const {
    std::vector<Point> points;
    for (size_t i = 0; i < kTiers.size(); ++i) {
      if (HasBegun(open_[i]))
        points.push_back({kTiers[i].step_seconds, open_[i]});
    }
    return points;
  }

 private:
  static constexpr int64_t kPatienceSeconds = 3600;

  static bool HasBegun(const Bucket& bucket) { return bucket.begin_s != 0; }

  void AddTo(size_t tier, const Bucket& sample, std::vector<Point>* ended) {
    const int64_t step_seconds = kTiers[tier].step_seconds;
    Bucket& open = open_[tier];
    const int64_t begin_s = BeginOf(sample.begin_s, step_seconds);
    const bool is_later =
        begin_s > open.begin_s || begin_s < open.begin_s - kPatienceSeconds;
    if (is_later) {
      if (HasBegun(open)) ended->push_back({step_seconds, open});
      open = Bucket();
      open.begin_s = begin_s;
    }
    Merge(sample, &open);
  }

  std::array<Bucket, kTiers.size()> open_{};
};

}  // namespace ntm
