#include "rate_periods.h"

namespace ntm::interfaces {
namespace {

constexpr int64_t kMinuteNs = 60'000'000'000;
constexpr size_t kMinutes = 60;
constexpr size_t kQuarters = 96;

}  // namespace

RatePeriods::RatePeriods()
    : hour_(kMinutes, kMinuteNs), day_(kQuarters, 15 * kMinuteNs) {}

void RatePeriods::Bucket::Add(int64_t time_ns, double watched,
                              double per_second) {
  amount += per_second * watched;
  seconds += watched;
  if (peak_time_ns == 0 || per_second > peak_per_second) {
    peak_per_second = per_second;
    peak_time_ns = time_ns;
  }
}

RatePeriods::Ring::Ring(size_t buckets, int64_t width_ns)
    : width_ns_(width_ns), buckets_(buckets) {}

void RatePeriods::Ring::Add(int64_t time_ns, double seconds,
                            double per_second) {
  const int64_t number = time_ns / width_ns_;
  Bucket& bucket = buckets_[static_cast<size_t>(number) % buckets_.size()];
  if (bucket.number != number) bucket = {.number = number};
  bucket.Add(time_ns, seconds, per_second);
}

RateFigures RatePeriods::Ring::Sum(int64_t now_ns) const {
  const int64_t last = now_ns / width_ns_;
  const int64_t first = last - static_cast<int64_t>(buckets_.size()) + 1;
  Bucket sum;
  for (const Bucket& bucket : buckets_) {
    if (bucket.number < first || bucket.number > last) continue;
    sum.amount += bucket.amount;
    sum.seconds += bucket.seconds;
    const bool is_higher = bucket.peak_per_second > sum.peak_per_second ||
                           (bucket.peak_per_second == sum.peak_per_second &&
                            bucket.peak_time_ns < sum.peak_time_ns);
    if (sum.peak_time_ns == 0 || is_higher) {
      sum.peak_per_second = bucket.peak_per_second;
      sum.peak_time_ns = bucket.peak_time_ns;
    }
  }
  return FiguresOf(sum);
}

RateFigures RatePeriods::FiguresOf(const Bucket& sum) {
  if (sum.seconds <= 0) return {};
  return {sum.seconds, sum.peak_per_second, sum.peak_time_ns,
          sum.amount / sum.seconds};
}

void RatePeriods::Add(int64_t time_ns, double seconds, double per_second) {
  if (seconds <= 0) return;
  all_.Add(time_ns, seconds, per_second);
  hour_.Add(time_ns, seconds, per_second);
  day_.Add(time_ns, seconds, per_second);
}

}  // namespace ntm::interfaces
