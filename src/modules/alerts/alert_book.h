// The list of alerts: those that are open and the last that were.
//
// Units    ns since the epoch.
// Shape    at most kKept alerts, the oldest of those that have ended goes
//          first. An id is the millisecond in which the alert began, or the
//          next free one, so it stays the same over restarts without a
//          database as well.
// Threads  any; every call is short.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "notice.h"

namespace ntm::alerts {

class AlertBook {
 public:
  static constexpr size_t kKept = 1000;

  // Gives it its id; returns it as it is kept.
  Notice Begin(Notice notice);

  // Ends the open alert of that name and subject; nothing if there is none.
  std::optional<Notice> End(const std::string& name, const std::string& subject,
                            int64_t time_ns);

  // Ends an open alert by hand; nothing if there is none of that id, or it has
  // ended.
  std::optional<Notice> Resolve(int64_t id, int64_t time_ns);

  // What was kept before a restart, in any order; what is known already stays.
  // One that is open ends if another of its name and subject is open here, or
  // `goes_on` says no. Returns those that are open still.
  std::vector<Notice> Add(std::vector<Notice> notices,
                          const std::function<bool(const Notice&)>& goes_on,
                          int64_t time_ns);

  // Of that name.
  size_t CountOpen(const std::string& name) const;
  // The open ones, the oldest first.
  std::vector<Notice> Open() const;
  // The newest first.
  std::vector<Notice> Newest(bool open_only, size_t limit) const;

  // What has changed since it was told last, for the database: ToKeep(), and
  // Kept() once that is written.
  std::vector<Notice> ToKeep() const;
  void Kept(const std::vector<Notice>& written);

 private:
  std::optional<Notice> EndWhere(
      const std::function<bool(const Notice&)>& is_it, int64_t time_ns,
      bool by_hand);
  void Trim();

  mutable std::mutex mutex_;
  std::deque<Notice> notices_;  // by id
  std::set<int64_t> changed_;   // ids
};

}  // namespace ntm::alerts
