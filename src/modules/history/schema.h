// The schema of the history database and its migrations.
//
// Shape    PRAGMA user_version is the version of the schema; 0 is an empty file
//          or one with only a table network_stats, which is kept.
//
//   network_stats       a row per interface and cycle: the kernel's counters
//                       (since boot) and the mean rates of the cycle, bytes/s
//   network_interfaces  properties of each interface: Mbit/s, MTU, addresses;
//                       what it carried last, both directions together
//   traffic_history     each source's rates over time, bytes/s, by steps
//                       of 5 s, 1 min, 15 min and 1 h
//   traffic_sources     the last counters of each source
//
//          Times are UTC, YYYY-MM-DDTHH:MM:SS; of a step its begin.
// Errors   DatabaseError; ntm::Error for a file of a newer ntm.
#pragma once

#include "ntm/base/database.h"

namespace ntm::history {

inline constexpr int64_t kSchemaVersion = 2;

// Migrates the file to kSchemaVersion, in one transaction.
void Migrate(Database& database);

// Throws ntm::Error unless the file is a database of this version of ntm or of
// an older one.
void RequireKnown(Database& database);

}  // namespace ntm::history
