#include "rate_buckets.h"

#include <algorithm>

namespace ntm::history {
namespace {

void MergeRates(const Rates& other, double share, Rates* into) {
  into->mean += (other.mean - into->mean) * share;
  into->min = std::min(into->min, other.min);
  into->max = std::max(into->max, other.max);
}

void Raise(const Rates& rates, int64_t time_s, std::optional<Peak>* peak) {
  if (!*peak || rates.max > (*peak)->bytes_per_second) {
    *peak = Peak{rates.max, time_s};
  }
}

}  // namespace

Bucket BucketAt(int64_t begin_s) noexcept {
  Bucket bucket;
  bucket.begin_s = begin_s;
  return bucket;
}

void Merge(const Bucket& other, Bucket* into) noexcept {
  into->receive_bytes += other.receive_bytes;
  into->transmit_bytes += other.transmit_bytes;
  if (other.samples == 0) return;
  if (into->samples == 0) {
    into->receive = other.receive;
    into->transmit = other.transmit;
    into->samples = other.samples;
    return;
  }
  into->samples += other.samples;
  const double share =
      static_cast<double>(other.samples) / static_cast<double>(into->samples);
  MergeRates(other.receive, share, &into->receive);
  MergeRates(other.transmit, share, &into->transmit);
}

Buckets Group(const Buckets& buckets, int64_t step_seconds) {
  Buckets groups;
  for (const Bucket& bucket : buckets) {
    const int64_t begin_s = BeginOf(bucket.begin_s, step_seconds);
    if (groups.empty() || groups.back().begin_s != begin_s) {
      groups.push_back(BucketAt(begin_s));
    }
    Merge(bucket, &groups.back());
  }
  return groups;
}

Resolution Resolve(int64_t from_s, int64_t to_s, int64_t now_s,
                   std::optional<int64_t> wanted_seconds) {
  const auto is_kept = [&](const Tier& tier) {
    return from_s >= now_s - tier.keep_seconds;
  };
  const Tier& coarsest = kTiers.back();
  // Rounded up, since the period may begin within its first bucket.
  const int64_t least = (to_s - from_s) / (kMaxPoints - 1) + 1;
  if (!wanted_seconds) {
    for (const Tier& tier : kTiers) {
      if (is_kept(tier) && tier.step_seconds >= least) {
        return {tier.step_seconds, tier.step_seconds};
      }
    }
    const int64_t hours =
        (least + coarsest.step_seconds - 1) / coarsest.step_seconds;
    return {coarsest.step_seconds, hours * coarsest.step_seconds};
  }
  const int64_t wanted = std::max(*wanted_seconds, least);
  const Tier* chosen = nullptr;
  for (const Tier& tier : kTiers) {
    const bool divides = wanted % tier.step_seconds == 0;
    if (is_kept(tier) && (chosen == nullptr || divides)) chosen = &tier;
  }
  if (chosen == nullptr) chosen = &coarsest;
  const int64_t whole =
      (wanted + chosen->step_seconds - 1) / chosen->step_seconds;
  return {chosen->step_seconds, whole * chosen->step_seconds};
}

Summary Summarize(const Buckets& buckets) {
  Summary summary;
  Bucket all;
  for (const Bucket& bucket : buckets) {
    if (bucket.samples > 0) {
      Raise(bucket.receive, bucket.begin_s, &summary.receive_peak);
      Raise(bucket.transmit, bucket.begin_s, &summary.transmit_peak);
    }
    Merge(bucket, &all);
  }
  summary.receive_mean = all.receive.mean;
  summary.transmit_mean = all.transmit.mean;
  summary.receive_bytes = all.receive_bytes;
  summary.transmit_bytes = all.transmit_bytes;
  summary.samples = all.samples;
  return summary;
}

std::optional<double> ChangePercent(double before, double now) {
  constexpr double kPercent = 100;
  if (before == 0) return std::nullopt;
  return (now - before) / before * kPercent;
}

}  // namespace ntm::history
