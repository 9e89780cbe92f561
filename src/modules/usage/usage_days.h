// Holds the days that are not completely in the database, above all today.
//
// Shape    once the stored rows of a day are loaded, the day in memory is
//          complete; a past day is dropped when it is saved. Without a database
//          the last kMaxDays days are kept, past ones with at most
//          kRowsOfOldDays rows.
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
  // In Rows(): the rows in the file are included. In Changes(): the rows in the
  // file are to be deleted first.
  bool is_whole = false;
  UsageRows rows;
  uint64_t version = 0;
};

class UsageDays {
 public:
  static constexpr size_t kMaxDays = 32;
  static constexpr size_t kRowsOfOldDays = 100;

  // Adds the increase of the flows since the last snapshot, and returns it.
  Growth Take(const Snapshot& snapshot, int64_t time_s);

  // Loads the stored rows of a day, once for each day in memory. They need no
  // saving unless the day already has rows.
  void TakeUp(const std::string& day, const UsageRows& rows);

  // Days to be saved whose stored rows are not loaded yet.
  std::vector<std::string> NotTakenUp() const;

  // Changes() returns what is to be saved, Saved() confirms it. REQUIRES:
  // NotTakenUp() is empty.
  std::vector<DayRows> Changes() const;
  void Saved(const std::vector<DayRows>& changes);

  // The file was replaced by an empty one: everything has to be saved again.
  void SaveAgain();

  // The days with names in [from, to).
  std::vector<DayRows> Rows(const std::string& from,
                            const std::string& to) const;

  // True before the first snapshot: it is not yet known whether names may be
  // shown.
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
