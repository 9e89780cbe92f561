#include "roll_up.h"

namespace ntm::history {
namespace {

constexpr int64_t kPatienceSeconds = 3600;

bool HasBegun(const Bucket& bucket) { return bucket.begin_s != 0; }

}  // namespace

void RollUp::AddTo(int64_t step_seconds, const Bucket& sample, Bucket* open,
                   std::vector<Point>* ended) {
  const int64_t begin_s = BeginOf(sample.begin_s, step_seconds);
  const bool is_later =
      begin_s > open->begin_s || begin_s < open->begin_s - kPatienceSeconds;
  if (is_later) {
    if (HasBegun(*open)) ended->push_back({step_seconds, *open});
    *open = BucketAt(begin_s);
  }
  Merge(sample, open);
}

void RollUp::Add(const Bucket& sample, std::vector<Point>* ended) {
  for (size_t i = 0; i < kTiers.size(); ++i) {
    AddTo(kTiers[i].step_seconds, sample, &open_[i], ended);
  }
}

void RollUp::Resume(const Bucket& minute, std::vector<Point>* ended) {
  for (size_t i = 1; i < kTiers.size(); ++i) {
    if (kTiers[i].step_seconds == kMinuteSeconds) {
      open_[i] = minute;
    } else {
      AddTo(kTiers[i].step_seconds, minute, &open_[i], ended);
    }
  }
}

std::vector<Point> RollUp::Open() const {
  std::vector<Point> points;
  for (size_t i = 0; i < kTiers.size(); ++i) {
    if (HasBegun(open_[i]))
      points.push_back({kTiers[i].step_seconds, open_[i]});
  }
  return points;
}

}  // namespace ntm::history
