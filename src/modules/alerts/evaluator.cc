#include "evaluator.h"

#include <algorithm>
#include <iterator>

namespace ntm::alerts {
namespace {

int64_t Ns(std::chrono::milliseconds duration) {
  return std::chrono::nanoseconds(duration).count();
}

bool IsOver(const Kind& kind, const Rule& rule, double value) {
  return kind.is_low ? value < rule.threshold : value >= rule.threshold;
}

// A state, or a rule whose recovery equals its threshold, recovers as soon as
// the value is below the threshold.
bool IsBack(const Kind& kind, const Rule& rule, double value) {
  if (IsOver(kind, rule, value)) return false;
  return kind.is_low ? value >= rule.recovery
                     : value < rule.recovery || rule.recovery >= rule.threshold;
}

}  // namespace

Evaluator::Evaluator(const Rules& rules,
                     std::chrono::milliseconds check_interval)
    : rules_(rules), check_interval_ns_(Ns(check_interval)) {}

std::vector<Change> Evaluator::Step(int64_t now_ns,
                                    const std::vector<Reading>& readings) {
  std::vector<Change> changes;
  for (const Reading& reading : readings) Take(reading, now_ns, &changes);
  EndChecks(now_ns, &changes);
  ForgetQuiet(now_ns, &changes);
  return changes;
}

void Evaluator::Take(const Reading& reading, int64_t now_ns,
                     std::vector<Change>* changes) {
  if (!rules_[static_cast<size_t>(reading.kind)].enabled) return;
  const Key key{reading.kind, reading.subject};
  const auto [entry, is_new] = tracks_.try_emplace(key);
  Track& track = entry->second;
  if (is_new) track.check_began_ns = now_ns;
  track.quiet_at_ns = std::max(track.quiet_at_ns, now_ns + kQuietNs);
  if (reading.weight > 0 || track.detail.empty()) track.detail = reading.detail;
  if (!KindOf(reading.kind).is_mean) {
    Judge(key, &track, reading.value, now_ns, now_ns, changes);
    return;
  }
  track.sum += reading.value * reading.weight;
  track.weight += reading.weight;
}

void Evaluator::EndChecks(int64_t now_ns, std::vector<Change>* changes) {
  for (auto& [key, track] : tracks_) {
    if (!KindOf(key.first).is_mean) continue;
    if (now_ns - track.check_began_ns < check_interval_ns_) continue;
    if (track.weight > 0) {
      Judge(key, &track, track.sum / track.weight, track.check_began_ns, now_ns,
            changes);
    } else if (track.confirmed) {
      // Nothing could be measured during the whole check.
      GoQuiet(key, &track, now_ns, changes);
    }
    track.sum = track.weight = 0;
    track.check_began_ns = now_ns;
  }
}

void Evaluator::Judge(const Key& key, Track* track, double value,
                      int64_t since_ns, int64_t now_ns,
                      std::vector<Change>* changes) {
  const Kind& kind = KindOf(key.first);
  const Rule& rule = rules_[static_cast<size_t>(key.first)];
  track->confirmed = true;
  if (track->state != State::kCalm) {
    if (!IsBack(kind, rule, value)) return;
    if (track->state == State::kFiring) {
      changes->push_back(
          {Change::What::kRecovered, key.first, key.second, value, ""});
    }
    track->state = State::kCalm;
    track->over_since_ns.reset();
    track->not_before_ns = now_ns + Ns(rule.cool_down);
    return;
  }
  if (!IsOver(kind, rule, value)) {
    track->over_since_ns.reset();
    return;
  }
  if (!track->over_since_ns) track->over_since_ns = since_ns;
  if (now_ns - *track->over_since_ns < Ns(rule.pending)) return;
  if (now_ns < track->not_before_ns) return;
  track->state = State::kFiring;
  changes->push_back(
      {Change::What::kBegan, key.first, key.second, value, track->detail});
}

void Evaluator::GoQuiet(const Key& key, Track* track, int64_t now_ns,
                        std::vector<Change>* changes) const {
  if (track->state == State::kFiring) {
    changes->push_back(
        {Change::What::kWentQuiet, key.first, key.second, 0, ""});
    track->not_before_ns =
        now_ns + Ns(rules_[static_cast<size_t>(key.first)].cool_down);
  }
  track->state = State::kCalm;
  track->over_since_ns.reset();
}

void Evaluator::ForgetQuiet(int64_t now_ns, std::vector<Change>* changes) {
  for (auto entry = tracks_.begin(); entry != tracks_.end();) {
    auto& [key, track] = *entry;
    if (now_ns >= track.quiet_at_ns) GoQuiet(key, &track, now_ns, changes);
    const bool is_over =
        now_ns >= track.quiet_at_ns && now_ns >= track.not_before_ns;
    entry = is_over ? tracks_.erase(entry) : std::next(entry);
  }
}

void Evaluator::Resume(KindId kind, const std::string& subject,
                       int64_t now_ns) {
  Track& track = tracks_[{kind, subject}];
  track.state = State::kFiring;
  track.confirmed = false;
  track.check_began_ns = now_ns;
  track.quiet_at_ns = now_ns + kQuietAfterRestartNs;
}

void Evaluator::Silence(KindId kind, const std::string& subject) {
  const auto found = tracks_.find({kind, subject});
  if (found == tracks_.end()) return;
  if (found->second.state == State::kFiring) {
    found->second.state = State::kSilenced;
  }
}

bool Evaluator::IsConfirmed(KindId kind, const std::string& subject) const {
  const auto found = tracks_.find({kind, subject});
  return found == tracks_.end() || found->second.confirmed;
}

}  // namespace ntm::alerts
