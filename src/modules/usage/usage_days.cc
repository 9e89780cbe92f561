#include "usage_days.h"

namespace ntm::usage {

Growth UsageDays::Take(const Snapshot& snapshot, int64_t time_s) {
  const std::scoped_lock lock(mutex_);
  is_new_ = false;
  anonymizes_ = snapshot.anonymizer != nullptr;
  if (!today_.Has(time_s)) {
    today_ = DayOf(time_s);
    days_.try_emplace(today_.name);
    Bound();
  }
  UsageTable& table = days_[today_.name].table;
  Growth growth = growth_.Since(snapshot);
  for (const auto& [flow, bytes] : growth.flows) {
    attribution_.Add(snapshot, flow, bytes, &table);
  }
  attribution_.Settle(snapshot, &table);
  if (growth.ended_bytes > 0) {
    table.Add({kOther, kOther, false}, {growth.ended_bytes, 0});
  }
  return growth;
}

void UsageDays::Bound() {
  std::erase_if(days_, [&](const auto& entry) {
    const Day& day = entry.second;
    return entry.first != today_.name && day.is_taken_up &&
           day.saved == day.table.version();
  });
  for (auto& [name, day] : days_) {
    if (name != today_.name && !has_file_) day.table.Fold(kRowsOfOldDays);
  }
  while (days_.size() > kMaxDays) {
    auto oldest = days_.begin();
    if (oldest->first == today_.name) ++oldest;
    days_.erase(oldest);
  }
}

void UsageDays::TakeUp(const std::string& name, const UsageRows& rows) {
  const std::scoped_lock lock(mutex_);
  has_file_ = true;
  Day& day = days_[name];
  if (day.is_taken_up) return;
  day.is_taken_up = true;
  const bool is_saved = day.table.rows().empty();
  for (const auto& [key, bytes] : rows) day.table.Add(key, bytes);
  if (is_saved) day.saved = day.table.version();
}

std::vector<std::string> UsageDays::NotTakenUp() const {
  const std::scoped_lock lock(mutex_);
  std::vector<std::string> names;
  for (const auto& [name, day] : days_) {
    if (!day.is_taken_up) names.push_back(name);
  }
  return names;
}

std::vector<DayRows> UsageDays::Changes() const {
  const std::scoped_lock lock(mutex_);
  std::vector<DayRows> changes;
  for (const auto& [name, day] : days_) {
    if (day.saved == day.table.version()) continue;
    DayRows change{name,
                   day.table.folded() > day.saved || day.saved == 0,
                   {},
                   day.table.version()};
    for (const auto& [key, row] : day.table.rows()) {
      if (change.is_whole || row.changed > day.saved) {
        change.rows.emplace_back(key, row.bytes);
      }
    }
    changes.push_back(std::move(change));
  }
  return changes;
}

void UsageDays::Saved(const std::vector<DayRows>& changes) {
  const std::scoped_lock lock(mutex_);
  for (const DayRows& change : changes) {
    const auto day = days_.find(change.day);
    if (day != days_.end()) day->second.saved = change.version;
  }
  Bound();
}

void UsageDays::SaveAgain() {
  const std::scoped_lock lock(mutex_);
  for (auto& [name, day] : days_) day.saved = 0;
}

std::vector<DayRows> UsageDays::Rows(const std::string& from,
                                     const std::string& to) const {
  const std::scoped_lock lock(mutex_);
  std::vector<DayRows> found;
  for (auto day = days_.lower_bound(from);
       day != days_.end() && day->first < to; ++day) {
    DayRows rows{
        day->first, day->second.is_taken_up, {}, day->second.table.version()};
    for (const auto& [key, row] : day->second.table.rows()) {
      rows.rows.emplace_back(key, row.bytes);
    }
    found.push_back(std::move(rows));
  }
  return found;
}

bool UsageDays::is_new() const {
  const std::scoped_lock lock(mutex_);
  return is_new_;
}

bool UsageDays::anonymizes() const {
  const std::scoped_lock lock(mutex_);
  return anonymizes_;
}

size_t UsageDays::row_count() const {
  const std::scoped_lock lock(mutex_);
  const auto today = days_.find(today_.name);
  return today == days_.end() ? 0 : today->second.table.rows().size();
}

}  // namespace ntm::usage
