#include "alertmanager_outbox.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "ntm/base/utc_text.h"
#include "ntm/http/json.h"

namespace ntm::alerts {
namespace {

using nlohmann::ordered_json;

ordered_json JsonOf(const Notice& notice, const std::string& instance,
                    int64_t ends_ns) {
  const Alert& alert = notice.alert;
  ordered_json labels = {{"alertname", alert.name},
                         {"severity", alert.severity},
                         {"job", "ntm"},
                         {"instance", instance}};
  if (!notice.subject_kind.empty()) {
    labels[notice.subject_kind] = alert.subject;
  }
  return {{"labels", labels},
          {"annotations",
           {{"summary", TitleOf(notice)}, {"description", alert.message}}},
          {"startsAt", MillisecondText(alert.began_ns)},
          {"endsAt", MillisecondText(ends_ns)}};
}

}  // namespace

std::string MillisecondText(int64_t time_ns) { return UtcText(time_ns, 3); }

AlertmanagerOutbox::AlertmanagerOutbox(std::string instance)
    : instance_(std::move(instance)) {}

void AlertmanagerOutbox::Add(const Notice& notice, bool /*is_news*/) {
  const std::string key = notice.alert.name + '\n' + notice.alert.subject;
  const auto found = entries_.find(key);
  if (found == entries_.end() && entries_.size() >= kMostAlerts) {
    ++dropped_;
    return;
  }
  entries_[key] = {notice, false, false};
  has_news_ = true;
}

std::optional<int64_t> AlertmanagerOutbox::due_ns() const {
  if (entries_.empty()) return std::nullopt;
  return has_news_ ? 0 : repeat_at_ns_;
}

std::string AlertmanagerOutbox::Take(int64_t now_ns, int64_t wall_ns) {
  ordered_json json = ordered_json::array();
  for (auto& [key, entry] : entries_) {
    const Notice& notice = entry.notice;
    json.push_back(
        JsonOf(notice, instance_,
               notice.is_open() ? wall_ns + kLastsNs : notice.ended_ns));
    entry.is_under_way = true;
  }
  has_news_ = false;
  repeat_at_ns_ = now_ns + kRepeatNs;
  return WriteJson(json);
}

void AlertmanagerOutbox::Done(Outcome outcome) {
  for (auto at = entries_.begin(); at != entries_.end();) {
    Entry& entry = at->second;
    const bool was_under_way = std::exchange(entry.is_under_way, false);
    if (!was_under_way || outcome == Outcome::kFailed) {
      ++at;
      continue;
    }
    if (!entry.is_told) {
      entry.is_told = true;
      ++(outcome == Outcome::kTaken ? sent_ : dropped_);
    }
    at = entry.notice.is_open() ? std::next(at) : entries_.erase(at);
  }
  if (outcome == Outcome::kFailed) has_news_ = true;
}

}  // namespace ntm::alerts
