// The database tables of the usage, and their SQL statements.
//
//   usage_daily         a row per day, host and service: bytes to the host and
//                       from it; days of the time zone, kept 13 months
//   usage_five_minutes  traffic of the site in five minutes
//                       (UTC, its begin), and their mean rates while ntm
//                       watched; kept 13 months
//   usage_counters      each interface's last counters
//   usage_host_quotas   what each --host-quota has counted in its period
//
// Threads  the thread of the connection.
// Errors   DatabaseError.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "host_quota_meter.h"
#include "interface_meter.h"
#include "local_day.h"
#include "ntm/base/database.h"
#include "usage_days.h"

namespace ntm::usage {

std::vector<std::string> UsageMigrations();

// "" if the table is empty.
std::string NewestDay(Database* database);
UsageRows ReadDay(const std::string& day, Database* database);
// The sums over the days in [from, to), except those in `without`.
UsageRows ReadDays(const std::string& from, const std::string& to,
                   const std::vector<std::string>& without, Database* database);
void WriteDays(const std::vector<DayRows>& days, Database* database);

// In order of time.
std::vector<Slot> ReadSlots(int64_t from_s, int64_t to_s, Database* database);
// The slots of the last `days` days before the newest slot.
std::vector<Slot> ReadNewestSlots(int days, Database* database);
InterfaceMeter::CountersByName ReadCounters(Database* database);
void WriteMeter(const InterfaceMeter::Changes& changes, Database* database);

std::vector<StoredQuota> ReadQuotas(Database* database);
void WriteQuotas(const std::vector<StoredQuota>& quotas, Database* database);

// Deletes at most `limit` rows older than 13 months.
int64_t DeleteOldUsage(int64_t now_s, int64_t limit, Database* database);

}  // namespace ntm::usage
