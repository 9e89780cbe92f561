// Meters what goes to the local hosts (receive) and from them (transmit) for
// the billing month.
//
// Units    bytes; seconds since the epoch.
// Shape    what the counters of each way into the site grow by is summed up in
// slots of five
//          minutes, in parts: what is saved is never saved again, so that a
//          slot that comes twice, after a restart or where the clock was set
//          back, has both. What an earlier run has saved is taken up: its
//          slots, and its last counters, so that what came in between counts
//          (in the slot it is seen in, but not in that slot's mean). An
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
#include "ntm/module/reports.h"

namespace ntm::usage {

class InterfaceMeter {
 public:
  struct Counters {
    uint64_t receive_bytes = 0;
    uint64_t transmit_bytes = 0;
  };
  using CountersByName = std::map<std::string, Counters>;

  struct Changes {
    std::vector<Slot> slots;  // parts, each to be added to what is there
    CountersByName counters;
  };

  explicit InterfaceMeter(int billing_day = 1) : billing_day_(billing_day) {}
  void set_billing_day(int day) { billing_day_ = day; }

  // `elapsed_seconds` is the time since the report before.
  void Take(const InterfaceReport& report, double elapsed_seconds);

  // What a file has: slots of at least this month. Only the first file counts,
  // and it has nothing of this run.
  void TakeUp(const std::vector<Slot>& slots, const CountersByName& counters);

  // What to add to the file; Saved() once that has succeeded, and before
  // Unsaved() is called again.
  Changes Unsaved();
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
  // By their begin, but for the open part: a clock may go back, and forth.
  std::map<int64_t, MonthUse> months_;
  Slot open_;                 // begin_s 0: none
  std::vector<Slot> closed_;  // parts that are not saved
  size_t sent_ = 0;           // of those, what the last Unsaved() has told
  CountersByName counters_;
  bool has_report_ = false;
  bool is_taken_up_ = false;
};

}  // namespace ntm::usage
