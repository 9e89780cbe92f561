// Measures the traffic to local hosts (receive) and from them (transmit) in the
// billing month.
//
// Units    bytes; seconds since the epoch.
// Shape    the increase of the counters at the site's boundary is summed up in
//          slots of five minutes, in parts: a saved part is never saved again,
//          so that a slot that occurs twice, after a restart or a clock change,
//          contains both. Slots and counters saved by an earlier run are
//          loaded, so that traffic while ntm was not running is counted (in the
//          slot in which it is noticed, but not in the mean of that slot). An
//          interface that was unknown at the start counts from then on.
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
    std::vector<Slot> slots;  // parts, each to be added to the stored slot
    CountersByName counters;
  };

  explicit InterfaceMeter(int billing_day = 1) : billing_day_(billing_day) {}
  void set_billing_day(int day) { billing_day_ = day; }

  // `elapsed_seconds` is the time since the last report.
  void Take(const InterfaceReport& report, double elapsed_seconds);

  // Loads the content of a file: at least the slots of this month. Only the
  // first call has an effect; the file must contain nothing of this run.
  void TakeUp(const std::vector<Slot>& slots, const CountersByName& counters);

  // Returns what is to be added to the file. Call Saved() once that has
  // succeeded, before the next Unsaved().
  Changes Unsaved();
  void Saved(const Changes& changes);

  // The current month so far; nullopt before the first report.
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
  // By begin, without the open part; several, since the clock may change.
  std::map<int64_t, MonthUse> months_;
  Slot open_;                 // begin_s 0: none
  std::vector<Slot> closed_;  // unsaved parts
  size_t sent_ = 0;           // how many of them the last Unsaved() returned
  CountersByName counters_;
  bool has_report_ = false;
  bool is_taken_up_ = false;
};

}  // namespace ntm::usage
