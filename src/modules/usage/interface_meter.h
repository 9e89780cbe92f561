// Meters what goes to the local hosts (receive) and from them (transmit) for the
// billing month.
//
// Units    bytes; seconds since the epoch.
// Shape    what the counters of each way into the site grow by is summed up in slots of five
//          minutes. What an earlier run has saved is taken up: its slots of
//          this month, and its last counters, so that what came in between
//          counts (in the slot it is seen in, but not in that slot's mean). An
//          interface that nobody knew at the start counts from then on.
// Threads  all functions on any thread, Take() on one.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "month_use.h"
#include "ntm/posts.h"

namespace ntm::usage {

class InterfaceMeter {
 public:
  struct Counters {
    uint64_t receive_bytes = 0;
    uint64_t transmit_bytes = 0;
  };
  using CountersByName = std::map<std::string, Counters>;

  struct Changes {
    std::vector<Slot> slots;  // the last one may go on
    CountersByName counters;
  };

  explicit InterfaceMeter(int billing_day = 1) : billing_day_(billing_day) {}
  void set_billing_day(int day) { billing_day_ = day; }

  // `elapsed_seconds` is the time since the report before.
  void Take(const InterfaceReport& report, double elapsed_seconds);

  // What a file has: slots of at least this month, in order of time. Only the
  // first file counts.
  void TakeUp(const std::vector<Slot>& slots, const CountersByName& counters);

  Changes Unsaved() const;
  void Saved(const Changes& changes);

  // This month until now. Absent before the first report.
  std::optional<MonthUse> Month() const;

 private:
  void Roll(int64_t time_s);
  void Close();
  void AddToMonth(const Slot& slot);
  Counters Grown(const SiteReport& site);
  void Book(const Counters& grown, double watched_seconds);

  mutable std::mutex mutex_;
  // Guarded.
  int billing_day_;
  MonthUse month_;             // but for the open slot
  Slot open_;                  // begin_s 0: none
  std::vector<Slot> closed_;   // not saved
  std::vector<Slot> earlier_;  // taken up before the first report
  CountersByName counters_;
  bool has_report_ = false;
  bool is_taken_up_ = false;
};

}  // namespace ntm::usage
