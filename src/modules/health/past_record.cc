#include "past_record.h"

#include <algorithm>
#include <utility>

namespace ntm::health {
namespace {

size_t TierOf(int64_t step_seconds) {
  const auto* tier =
      std::ranges::find(kPastTiers, step_seconds, &Tier::step_seconds);
  return static_cast<size_t>(tier - kPastTiers.begin());
}

}  // namespace

void PastRecord::Add(const Sums& now, double elapsed_seconds) {
  std::vector<PastPoint> ended;
  const std::scoped_lock lock(mutex_);
  roll_up_.Add(BucketBetween(before_, now, elapsed_seconds), &ended);
  before_ = now;
  has_begun_ = true;
  Keep(ended);
}

void PastRecord::Keep(const std::vector<PastPoint>& ended) {
  for (const auto& [step_seconds, bucket] : ended) {
    const size_t tier = TierOf(step_seconds);
    Pending& pending = pending_[tier];
    pending.buckets.push_back(bucket);
    const int64_t kept_seconds =
        keeps_ ? kPastTiers[tier].keep_seconds : kSecondsWithoutDatabase;
    const auto most = static_cast<size_t>(kept_seconds / step_seconds);
    if (pending.buckets.size() > most) {
      pending.buckets.pop_front();
      ++pending.first;
    }
  }
}

void PastRecord::KeepForWriting(const PastBuckets& minutes) {
  const std::scoped_lock lock(mutex_);
  const bool is_first = !std::exchange(keeps_, true);
  if (has_begun_ || !is_first) return;
  std::vector<PastPoint> ended;
  for (const PastBucket& minute : minutes) roll_up_.Resume(minute, &ended);
  Keep(ended);
}

PastRecord::Unwritten PastRecord::ToWrite() const {
  Unwritten unwritten;
  const std::scoped_lock lock(mutex_);
  for (size_t tier = 0; tier < kPastTiers.size(); ++tier) {
    const Pending& pending = pending_[tier];
    for (const PastBucket& bucket : pending.buckets) {
      unwritten.points.push_back({kPastTiers[tier].step_seconds, bucket});
    }
    unwritten.ends[tier] = pending.first + pending.buckets.size();
  }
  for (const PastPoint& open : roll_up_.Open()) {
    if (has_begun_ && open.step_seconds == kMinuteSeconds) {
      unwritten.points.push_back(open);
    }
  }
  return unwritten;
}

void PastRecord::Written(const Unwritten& unwritten) {
  const std::scoped_lock lock(mutex_);
  for (size_t tier = 0; tier < kPastTiers.size(); ++tier) {
    Pending& pending = pending_[tier];
    for (; pending.first < unwritten.ends[tier]; ++pending.first) {
      pending.buckets.pop_front();
    }
  }
}

std::map<int64_t, PastBucket> PastRecord::Buckets(int64_t step_seconds,
                                                  int64_t from_s,
                                                  int64_t to_s) const {
  std::map<int64_t, PastBucket> found;
  const auto take = [&](const PastBucket& bucket) {
    if (bucket.begin_s < from_s || bucket.begin_s >= to_s) return;
    PastBucket& known = found[bucket.begin_s];
    if (bucket.watched_seconds >= known.watched_seconds) known = bucket;
  };
  const std::scoped_lock lock(mutex_);
  std::ranges::for_each(pending_[TierOf(step_seconds)].buckets, take);
  for (const PastPoint& open : roll_up_.Open()) {
    if (open.step_seconds == step_seconds) take(open.bucket);
  }
  return found;
}

}  // namespace ntm::health
