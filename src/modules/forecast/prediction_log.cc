#include "prediction_log.h"

#include <algorithm>
#include <utility>

namespace ntm::forecast {
namespace {

// A bound in case there is no database that takes what is pending.
constexpr size_t kMostPending = 20'000;
constexpr size_t kMostWaiting = 200'000;

}  // namespace

int64_t PredictionLog::Add(Prediction prediction) {
  prediction.id = TakeId();
  pending_[prediction.id] = prediction;
  if (pending_.size() > kMostPending) pending_.erase(pending_.begin());
  if (!prediction.actual_mbps && waiting_.size() < kMostWaiting) {
    waiting_.emplace(
        Key{prediction.name, prediction.slot, prediction.horizon_seconds},
        prediction);
  }
  Keep(prediction);
  return prediction.id;
}

void PredictionLog::Restore(Prediction prediction) {
  next_id_ = std::max(next_id_, prediction.id + 1);
  if (!prediction.actual_mbps) {
    waiting_.emplace(
        Key{prediction.name, prediction.slot, prediction.horizon_seconds},
        prediction);
  }
  Keep(prediction);
}

void PredictionLog::Keep(const Prediction& prediction) {
  newest_.push_back(prediction);
  if (newest_.size() > capacity_) newest_.pop_front();
}

void PredictionLog::Settle(const SeriesName& name, int64_t slot,
                           int64_t horizon_seconds,
                           std::optional<double> actual_mbps) {
  const auto [from, to] =
      waiting_.equal_range(Key{name, slot, horizon_seconds});
  for (auto it = from; actual_mbps && it != to; ++it) {
    Prediction& done = it->second;
    done.actual_mbps = actual_mbps;
    pending_[done.id] = done;
    const auto kept =
        std::ranges::lower_bound(newest_, done.id, {}, &Prediction::id);
    if (kept != newest_.end() && kept->id == done.id) *kept = done;
  }
  waiting_.erase(from, to);
}

std::vector<Prediction> PredictionLog::Newest(const std::string& type,
                                              size_t limit) const {
  std::vector<Prediction> found;
  for (auto it = newest_.rbegin(); it != newest_.rend() && found.size() < limit;
       ++it) {
    if (type.empty() || it->traffic_type == type) found.push_back(*it);
  }
  return found;
}

void PredictionLog::Written(const std::vector<Prediction>& written) {
  for (const Prediction& prediction : written) {
    const auto found = pending_.find(prediction.id);
    if (found != pending_.end() &&
        found->second.actual_mbps == prediction.actual_mbps) {
      pending_.erase(found);
    }
  }
}

}  // namespace ntm::forecast
