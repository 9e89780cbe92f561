// The tables of who used how much, in SQL.
//
//   usage_daily         a row per day, host and service: bytes to the host and
//                       from it; days of the time zone, kept 13 months
//   usage_five_minutes  what the monitored interfaces carried in five minutes
//                       (UTC, its begin), and their mean rates while ntm
//                       watched; kept 13 months
//   usage_counters      each interface's last counters
//
// Threads  those of the connections.
// Errors   DatabaseError.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "interface_meter.h"
#include "local_day.h"
#include "ntm/base/database.h"
#include "usage_days.h"

namespace ntm::usage {

std::vector<std::string> UsageMigrations();

// "" where there is none.
std::string NewestDay(Database* database);
UsageRows ReadDay(const std::string& day, Database* database);
// The sums over the days in [from, to) but for those in `without`.
UsageRows ReadDays(const std::string& from, const std::string& to,
                   const std::vector<std::string>& without, Database* database);
void WriteDays(const std::vector<DayRows>& days, Database* database);

// In order of time.
std::vector<Slot> ReadSlots(int64_t from_s, int64_t to_s, Database* database);
// Those of the last days that it has.
std::vector<Slot> ReadNewestSlots(int days, Database* database);
InterfaceMeter::CountersByName ReadCounters(Database* database);
void WriteMeter(const InterfaceMeter::Changes& changes, Database* database);

// Deletes what is older than 13 months, at most `limit` rows.
int64_t DeleteOldUsage(int64_t now_s, int64_t limit, Database* database);

}  // namespace ntm::usage
