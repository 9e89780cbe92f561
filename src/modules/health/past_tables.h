// The table of the health's history, and its SQL statements.
//
//   health_history  a row per step of 1 min, 15 min and 1 h (its begin, UTC):
//                   counts, and for times their median and 95 %, and as a BLOB
//                   the counts that these are made of (time_counts.h)
//
// Threads  the thread of the connection.
// Errors   DatabaseError.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "ntm/base/database.h"
#include "past_bucket.h"

namespace ntm::health {

std::vector<std::string> PastMigrations();

// Where a row exists, the one that watched for longer is kept, so that a clock
// set back does not overwrite the past.
void WritePast(const std::vector<PastPoint>& points, Database* database);

// Buckets of one tier whose begin is in [from, to), in order of time.
PastBuckets ReadPast(int64_t step_seconds, int64_t from_s, int64_t to_s,
                     Database* database);

// The minutes of the coarser steps that are not written yet: those since the
// begin of the last stored hour, up to now.
PastBuckets ReadOpenMinutes(int64_t now_s, Database* database);

// Deletes at most `limit` rows past their time. 0 days: hours are kept forever.
int64_t DeleteOldPast(int64_t now_s, int64_t retention_days, int64_t limit,
                      Database* database);

}  // namespace ntm::health
