// How many answers took how long, in a form that can be stored and added up:
// the fine buckets of LatencyHistogram that are not empty.
//
// Shape    at most LatencyHistogram::kFineCount buckets; of a minute in a home
//          some dozens.
// Threads  a value type.
// Errors   Unpacked() returns nothing for a text that Packed() did not make.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ntm/conversation/latency_histogram.h"

namespace ntm::health {

inline constexpr double kMedian = 0.5;
inline constexpr double kP95 = 0.95;

class TimeCounts {
 public:
  TimeCounts() = default;
  // What came since `before`, an earlier state of `after`.
  TimeCounts(const LatencyHistogram& before, const LatencyHistogram& after);

  TimeCounts& operator+=(const TimeCounts& other);

  uint64_t count() const noexcept;
  // In seconds, 0 < q < 1; that of the histogram. Absent without answers.
  std::optional<double> Quantile(double q) const noexcept;

  // Bytes: for each bucket its distance from the one before and its count, as
  // numbers of seven bits to a byte, the lowest first.
  std::string Packed() const;
  static std::optional<TimeCounts> Unpacked(std::string_view bytes);

 private:
  // Bucket and count, in rising order.
  std::vector<std::pair<uint32_t, uint64_t>> counts_;
};

}  // namespace ntm::health
