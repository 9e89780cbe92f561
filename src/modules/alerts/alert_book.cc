#include "alert_book.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace ntm::alerts {
namespace {

constexpr int64_t kNsPerMs = 1'000'000;

int64_t IdOf(const Notice& notice) { return notice.alert.id; }

}  // namespace

Notice AlertBook::Begin(Notice notice) {
  const std::scoped_lock lock(mutex_);
  notice.alert.id = notice.alert.began_ns / kNsPerMs;
  if (!notices_.empty()) {
    notice.alert.id = std::max(notice.alert.id, IdOf(notices_.back()) + 1);
  }
  notices_.push_back(notice);
  changed_.insert(notice.alert.id);
  Trim();
  return notice;
}

std::optional<Notice> AlertBook::EndWhere(
    const std::function<bool(const Notice&)>& is_it, int64_t time_ns,
    bool by_hand) {
  const std::scoped_lock lock(mutex_);
  const auto found = std::ranges::find_if(notices_, [&](const Notice& notice) {
    return notice.is_open() && is_it(notice);
  });
  if (found == notices_.end()) return std::nullopt;
  // The clock may have been set back.
  found->ended_ns = std::max(time_ns, found->alert.began_ns + 1);
  found->by_hand = by_hand;
  changed_.insert(found->alert.id);
  Notice ended = *found;
  Trim();
  return ended;
}

std::optional<Notice> AlertBook::End(const std::string& name,
                                     const std::string& subject,
                                     int64_t time_ns) {
  return EndWhere(
      [&](const Notice& notice) {
        return notice.alert.name == name && notice.alert.subject == subject;
      },
      time_ns, false);
}

std::optional<Notice> AlertBook::Resolve(int64_t id, int64_t time_ns) {
  return EndWhere([id](const Notice& notice) { return IdOf(notice) == id; },
                  time_ns, true);
}

std::vector<Notice> AlertBook::Add(
    std::vector<Notice> notices,
    const std::function<bool(const Notice&)>& goes_on, int64_t time_ns) {
  const std::scoped_lock lock(mutex_);
  std::vector<Notice> resumed;
  for (Notice& notice : notices) {
    if (std::ranges::find(notices_, IdOf(notice), IdOf) != notices_.end()) {
      continue;
    }
    const bool is_double =
        std::ranges::any_of(notices_, [&notice](const Notice& other) {
          return other.is_open() && other.alert.name == notice.alert.name &&
                 other.alert.subject == notice.alert.subject;
        });
    if (notice.is_open() && (is_double || !goes_on(notice))) {
      notice.ended_ns = std::max(time_ns, notice.alert.began_ns + 1);
      changed_.insert(IdOf(notice));
    }
    if (notice.is_open()) resumed.push_back(notice);
    notices_.push_back(std::move(notice));
  }
  std::ranges::sort(notices_, {}, IdOf);
  Trim();
  return resumed;
}

size_t AlertBook::CountOpen(const std::string& name) const {
  const std::scoped_lock lock(mutex_);
  return static_cast<size_t>(
      std::ranges::count_if(notices_, [&name](const Notice& notice) {
        return notice.is_open() && notice.alert.name == name;
      }));
}

std::vector<Notice> AlertBook::Open() const {
  const std::scoped_lock lock(mutex_);
  std::vector<Notice> open;
  std::ranges::copy_if(notices_, std::back_inserter(open), &Notice::is_open);
  return open;
}

std::vector<Notice> AlertBook::Newest(bool open_only, size_t limit) const {
  const std::scoped_lock lock(mutex_);
  std::vector<Notice> newest;
  for (auto notice = notices_.rbegin();
       notice != notices_.rend() && newest.size() < limit; ++notice) {
    if (!open_only || notice->is_open()) newest.push_back(*notice);
  }
  return newest;
}

std::vector<Notice> AlertBook::ToKeep() const {
  const std::scoped_lock lock(mutex_);
  std::vector<Notice> changed;
  for (const Notice& notice : notices_) {
    if (changed_.contains(IdOf(notice))) changed.push_back(notice);
  }
  return changed;
}

void AlertBook::Kept(const std::vector<Notice>& written) {
  const std::scoped_lock lock(mutex_);
  for (const Notice& notice : written) {
    const auto found = std::ranges::find(notices_, IdOf(notice), IdOf);
    // If the alert has ended in the meantime, that is not written yet.
    if (found == notices_.end() || found->ended_ns == notice.ended_ns) {
      changed_.erase(IdOf(notice));
    }
  }
}

void AlertBook::Trim() {
  while (notices_.size() > kKept) {
    auto oldest = std::ranges::find_if(
        notices_, [](const Notice& notice) { return !notice.is_open(); });
    if (oldest == notices_.end()) oldest = notices_.begin();
    changed_.erase(IdOf(*oldest));
    notices_.erase(oldest);
  }
}

}  // namespace ntm::alerts
