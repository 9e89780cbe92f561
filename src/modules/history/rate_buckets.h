// The rates of one source over time: buckets of samples, the tiers of step
// lengths in which they are stored, and summaries of them.
//
// Units    bytes per second, bytes; times are seconds since the epoch.
// Shape    a bucket is identified by its begin, a multiple of its step.
// Threads  pure functions on values.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "ntm/base/roll_up.h"

namespace ntm::history {

struct Rates {
  double mean = 0;  // over the samples
  double min = 0;
  double max = 0;
};

struct Bucket {
  int64_t begin_s = 0;
  int64_t samples = 0;
  Rates receive;
  Rates transmit;
  uint64_t receive_bytes = 0;  // increase of the counters
  uint64_t transmit_bytes = 0;
};

using Buckets = std::vector<Bucket>;

// An empty bucket.
Bucket BucketAt(int64_t begin_s) noexcept;

// `into` keeps its begin.
void Merge(const Bucket& other, Bucket* into) noexcept;

// Merges the buckets of each step. REQUIRES: in order of time.
Buckets Group(const Buckets& buckets, int64_t step_seconds);

inline constexpr int64_t kRawStepSeconds = 5;
inline constexpr int64_t kRawPoints = 1000;  // the newest of each source
inline constexpr int64_t kMaxPoints = 1500;  // in an answer

// The step lengths in which the history is stored, and for how long.
inline constexpr std::array<Tier, 4> kTiers = {{
    {kRawStepSeconds, kRawPoints* kRawStepSeconds},
    {kMinuteSeconds, 3 * 86400},
    {15 * kMinuteSeconds, 62 * 86400},
    {60 * kMinuteSeconds, 400 * 86400},
}};

// Which tier to read for a period, and the step to group its buckets by.
struct Resolution {
  int64_t tier_seconds = 0;
  int64_t step_seconds = 0;
};

// The finest resolution with at most kMaxPoints points whose tier still has the
// begin of the period; with `wanted_seconds`, that step or the next coarser one
// available. REQUIRES: from < to.
Resolution Resolve(int64_t from_s, int64_t to_s, int64_t now_s,
                   std::optional<int64_t> wanted_seconds);

struct Peak {
  double bytes_per_second = 0;
  int64_t time_s = 0;  // begin of its bucket
};

struct Summary {
  std::optional<Peak> receive_peak;  // absent without any bucket
  std::optional<Peak> transmit_peak;
  double receive_mean = 0;
  double transmit_mean = 0;
  uint64_t receive_bytes = 0;
  uint64_t transmit_bytes = 0;
  int64_t samples = 0;
};

Summary Summarize(const Buckets& buckets);

// The change from `before` to `now` in percent; nullopt if `before` is 0.
std::optional<double> ChangePercent(double before, double now);

}  // namespace ntm::history
