// Counts times of an answer, in two sets of buckets: the few that a classic
// Prometheus histogram shows, and fine ones for quantiles.
//
// Units    ns in, seconds in the bounds.
// Shape    kClassicBounds, 0.1 ms to 10 s; the fine buckets are those of a
//          native histogram of schema 4, 16 to a power of two, so a quantile is
//          at most 2.2 % off. The first one holds all times up to 61 µs, the
//          last one all above 32 s: more than what is waited for. Buckets of
//          both kinds add up to count().
// Threads  a value type.
// Errors   none; a negative time counts as 0.
// Source   Prometheus: "Native histograms", exponential schemas.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace ntm {

class LatencyHistogram {
 public:
  static constexpr std::array kClassicBounds = {
      0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025,
      0.05,   0.1,     0.25,   0.5,   1.0,    2.5,   5.0,  10.0};
  static constexpr int kFineSchema = 4;
  static constexpr int kFinePerOctave = 1 << kFineSchema;
  // Bucket i ends at 2^((kFirstFine + i) / 16) seconds, the last one nowhere.
  static constexpr int kFirstFine = -14 * kFinePerOctave;
  static constexpr int kLastBoundedFine = 5 * kFinePerOctave;
  static constexpr size_t kFineCount = kLastBoundedFine - kFirstFine + 2;

  void Observe(int64_t ns) noexcept;
  LatencyHistogram& operator+=(const LatencyHistogram& other) noexcept;
  // What came since `before`, an earlier state of this one.
  LatencyHistogram Since(const LatencyHistogram& before) const noexcept;

  uint64_t count() const noexcept { return count_; }
  double sum_seconds() const noexcept {
    return static_cast<double>(sum_ns_) / 1e9;
  }
  // Not cumulative; the last one is above all bounds.
  const std::array<uint64_t, kClassicBounds.size() + 1>& classic()
      const noexcept {
    return classic_;
  }
  const std::array<uint64_t, kFineCount>& fine() const noexcept {
    return fine_;
  }
  // In seconds, 0 < q < 1, from the fine buckets; 0 if nothing was observed, at
  // most 32.
  double Quantile(double q) const noexcept;

  // REQUIRES: not the last bucket.
  static double FineBound(size_t bucket) noexcept;
  // The time below which `part` (0 to 1) of the bucket's times are: they are
  // taken as spread evenly over its logarithm, as Prometheus does for a native
  // histogram.
  static double InFineBucket(size_t bucket, double part) noexcept;

 private:
  uint64_t count_ = 0;
  uint64_t sum_ns_ = 0;
  std::array<uint64_t, kClassicBounds.size() + 1> classic_{};
  std::array<uint64_t, kFineCount> fine_{};
};

}  // namespace ntm
