#include "ntm/conversation/latency_histogram.h"

#include <algorithm>
#include <cmath>

#include "ntm/base/add_each.h"

namespace ntm {
namespace {

size_t FineBucketOf(double seconds) noexcept {
  if (!(seconds > 0)) return 0;
  const double index =
      std::ceil(std::log2(seconds) * LatencyHistogram::kFinePerOctave) -
      LatencyHistogram::kFirstFine;
  return static_cast<size_t>(std::clamp(
      index, 0.0, static_cast<double>(LatencyHistogram::kFineCount - 1)));
}

}  // namespace

void LatencyHistogram::Observe(int64_t ns) noexcept {
  const uint64_t time_ns = ns > 0 ? static_cast<uint64_t>(ns) : 0;
  const double seconds = static_cast<double>(time_ns) / 1e9;
  ++count_;
  sum_ns_ += time_ns;
  const auto bound = std::ranges::lower_bound(kClassicBounds, seconds);
  ++classic_[static_cast<size_t>(bound - kClassicBounds.begin())];
  ++fine_[FineBucketOf(seconds)];
}

LatencyHistogram& LatencyHistogram::operator+=(
    const LatencyHistogram& other) noexcept {
  count_ += other.count_;
  sum_ns_ += other.sum_ns_;
  AddEach(other.classic_, &classic_);
  AddEach(other.fine_, &fine_);
  return *this;
}

LatencyHistogram LatencyHistogram::Since(
    const LatencyHistogram& before) const noexcept {
  LatencyHistogram since = *this;
  since.count_ -= before.count_;
  since.sum_ns_ -= before.sum_ns_;
  for (size_t i = 0; i < classic_.size(); ++i) {
    since.classic_[i] -= before.classic_[i];
  }
  for (size_t i = 0; i < kFineCount; ++i) since.fine_[i] -= before.fine_[i];
  return since;
}

double LatencyHistogram::FineBound(size_t bucket) noexcept {
  return std::exp2(static_cast<double>(kFirstFine + static_cast<int>(bucket)) /
                   kFinePerOctave);
}

double LatencyHistogram::InFineBucket(size_t bucket, double part) noexcept {
  return FineBound(bucket) * std::exp2((part - 1) / kFinePerOctave);
}

double LatencyHistogram::Quantile(double q) const noexcept {
  if (count_ == 0) return 0;
  const double rank = q * static_cast<double>(count_);
  double before = 0;
  for (size_t i = 0; i + 1 < kFineCount; ++i) {
    const auto here = static_cast<double>(fine_[i]);
    if (here > 0 && before + here >= rank) {
      return InFineBucket(i, (rank - before) / here);
    }
    before += here;
  }
  return FineBound(kFineCount - 2);
}

}  // namespace ntm
