// The list of alerts: the open ones and the most recent ended ones.
//
// Units    ns since the epoch.
// Shape    at most kKept alerts; beyond that the oldest ended alert is removed,
//          or the oldest of all if none has ended. An id is the time in ms at
//          which the alert began, or the next free number, so ids rise across
//          restarts even without a database.
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

  // Assigns the id and adds the notice; returns the notice with its id.
  Notice Begin(Notice notice);

  // Ends the open alert of that name and subject; nullopt if there is none.
  std::optional<Notice> End(const std::string& name, const std::string& subject,
                            int64_t time_ns);

  // Ends an open alert by hand; nullopt if no open alert has that id.
  std::optional<Notice> Resolve(int64_t id, int64_t time_ns);

  // Adds alerts stored before a restart, in any order; ids that are already
  // known are skipped. An open one is ended if an alert of the same name and
  // subject is open here or `goes_on` returns false. Returns those still open.
  std::vector<Notice> Add(std::vector<Notice> notices,
                          const std::function<bool(const Notice&)>& goes_on,
                          int64_t time_ns);

  // The number of open alerts of that name.
  size_t CountOpen(const std::string& name) const;
  // The open alerts, oldest first.
  std::vector<Notice> Open() const;
  // The newest alerts, newest first.
  std::vector<Notice> Newest(bool open_only, size_t limit) const;

  // For the database: ToKeep() returns the alerts to write, Kept() marks them
  // as written.
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
