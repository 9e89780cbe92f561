// The days that are not, or not wholly, in the database: today first of all.
//
// Shape    a day in memory stands for all of its rows once it is taken up from
//          the file; a day that is over is dropped when it is saved. Without a
//          database the last kMaxDays stay, the older ones with
//          kRowsOfOldDays rows each.
// Threads  all functions on any thread, Take() on one.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "flow_growth.h"
#include "local_day.h"
#include "usage_attribution.h"
#include "usage_table.h"

namespace ntm::usage {

using UsageRows = std::vector<std::pair<UsageKey, Bytes>>;

struct DayRows {
  std::string day;
  // Of rows(): the file's rows of this day are in it. Of changes(): they are
  // to be deleted first.
  bool is_whole = false;
  UsageRows rows;
  uint64_t version = 0;
};

class UsageDays {
 public:
  static constexpr size_t kMaxDays = 32;
  static constexpr size_t kRowsOfOldDays = 100;

  // Books what the flows have brought since the snapshot before.
  void Take(const Snapshot& snapshot, int64_t time_s);

  // The rows that the file has of a day: once for each day in memory. They
  // need no saving unless the day has rows already.
  void TakeUp(const std::string& day, const UsageRows& rows);

  // Days that are to be saved but are not taken up yet.
  std::vector<std::string> NotTakenUp() const;

  // What is to be saved, and that it is. REQUIRES: nothing in NotTakenUp().
  std::vector<DayRows> Changes() const;
  void Saved(const std::vector<DayRows>& changes);

  // Another, empty file: all that is in memory is to be saved anew.
  void SaveAgain();

  // All days in [from, to), by their names.
  std::vector<DayRows> Rows(const std::string& from,
                            const std::string& to) const;

  // Nothing was counted yet: it is not known whose names may be shown.
  bool is_new() const;
  bool anonymizes() const;
  size_t row_count() const;

 private:
  struct Day {
    UsageTable table;
    bool is_taken_up = false;
    uint64_t saved = 0;  // the table's version in the file
  };

  void Bound();

  mutable std::mutex mutex_;
  // Guarded.
  FlowGrowth growth_;
  UsageAttribution attribution_;
  std::map<std::string, Day> days_;
  Span today_;
  bool has_file_ = false;
  bool is_new_ = true;
  bool anonymizes_ = false;
};

}  // namespace ntm::usage
