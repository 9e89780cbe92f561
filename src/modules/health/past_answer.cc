#include "past_answer.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <optional>
#include <stdexcept>

#include "ntm/base/utc_text.h"
#include "ntm/base/whole_number.h"

namespace ntm::health {
namespace {

using nlohmann::ordered_json;

constexpr int64_t kHourSeconds = 3600;
constexpr int64_t kDefaultHours = 24;
constexpr int64_t kMaxHours = kPastTiers.back().keep_seconds / kHourSeconds;

ordered_json OrNull(const std::optional<double>& value) {
  return value ? ordered_json(*value) : ordered_json(nullptr);
}

ordered_json TimesJson(const TimeCounts& times) {
  return {{"count", times.count()},
          {"median_seconds", OrNull(times.Quantile(kMedian))},
          {"p95_seconds", OrNull(times.Quantile(kP95))}};
}

ordered_json SentJson(const SentSegments& sent) {
  return {{"segments", sent.segments},
          {"retransmitted_segments", sent.retransmitted},
          {"retransmitted_ratio", OrNull(sent.Ratio())}};
}

// Adds what a bucket has to the object.
void AddBucket(const PastBucket& bucket, ordered_json* json) {
  (*json)["watched_seconds"] = bucket.watched_seconds;
  (*json)["internet"] = TimesJson(bucket.remote);
  (*json)["local"] = TimesJson(bucket.local);
  (*json)["up"] = SentJson(bucket.up);
  (*json)["down"] = SentJson(bucket.down);
  (*json)["connections"] = {{"count", bucket.attempts.connections},
                            {"refused", bucket.attempts.refused},
                            {"unanswered", bucket.attempts.unanswered}};
  (*json)["dns"] = {{"questions", bucket.attempts.dns_questions},
                    {"failures", bucket.attempts.dns_failures},
                    {"unanswered", bucket.attempts.dns_unanswered},
                    {"median_seconds", OrNull(bucket.dns.Quantile(kMedian))},
                    {"p95_seconds", OrNull(bucket.dns.Quantile(kP95))}};
}

// The coarsest tier that is fine enough, for the fewest rows; else the finest
// that still has all of the period.
int64_t TierFor(int64_t length_s, int64_t least_step_seconds) {
  const Tier* found = &kPastTiers.back();
  for (auto tier = kPastTiers.rbegin(); tier != kPastTiers.rend(); ++tier) {
    if (length_s > tier->keep_seconds) break;
    found = &*tier;
    if (tier->step_seconds <= least_step_seconds) break;
  }
  return found->step_seconds;
}

int64_t HoursOf(const std::map<std::string, std::string>& query) {
  const auto hours = query.find("hours");
  if (hours == query.end()) return kDefaultHours;
  const auto number = ParseWholeNumber(hours->second, 1, kMaxHours);
  if (number) return *number;
  throw std::invalid_argument(
      fmt::format("hours: '{}' is not a whole number from 1 to {}",
                  hours->second, kMaxHours));
}

}  // namespace

PastQuestion ParsePastQuestion(const std::map<std::string, std::string>& query,
                               int64_t now_s, bool has_database) {
  PastQuestion question;
  const int64_t length_s = HoursOf(query) * kHourSeconds;
  question.from_s = now_s - length_s;
  // The current second is part of the period.
  question.to_s = now_s + 1;
  const int64_t least = (length_s + kMostPoints - 2) / (kMostPoints - 1);
  question.tier_seconds =
      has_database ? TierFor(length_s, least) : kMinuteSeconds;
  question.step_seconds = (least + question.tier_seconds - 1) /
                          question.tier_seconds * question.tier_seconds;
  return question;
}

ordered_json PastJson(const PastQuestion& question,
                      const PastBuckets& buckets) {
  const PastBuckets points = Group(buckets, question.step_seconds);
  PastBucket all;
  for (const PastBucket& point : points) Merge(point, &all);
  ordered_json json = {{"from", UtcText(question.from_s * kNsPerSecond)},
                       {"to", UtcText(question.to_s * kNsPerSecond)},
                       {"step_seconds", question.step_seconds}};
  AddBucket(all, &json["total"]);
  ordered_json& list = json["points"] = ordered_json::array();
  for (const PastBucket& point : points) {
    AddBucket(point,
              &list.emplace_back(ordered_json{
                  {"timestamp", UtcText(point.begin_s * kNsPerSecond)}}));
  }
  return json;
}

}  // namespace ntm::health
