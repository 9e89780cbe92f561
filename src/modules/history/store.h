// What the database is asked and told, in SQL.
//
// Threads  that of the connection.
// Errors   DatabaseError.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "ntm/base/database.h"
#include "rate_buckets.h"
#include "recorder.h"
#include "utc_time.h"

namespace ntm::history {

struct WrittenRows {
  uint64_t stats = 0;
  uint64_t points = 0;
};

// Writes all of them. REQUIRES: a transaction. Of a bucket that is there
// already the one of more samples stays: a clock that was set back fills no
// past anew.
WrittenRows WriteBatches(const Batches& batches, Database* database);

// Deletes at most `limit` rows that are older than is kept, in one transaction,
// and returns how many. 0 days: the rows of network_stats and those of the
// coarsest tier are kept forever. So are those that lie after now, until it is
// their time.
struct DeletedRows {
  int64_t stats = 0;
  int64_t points = 0;
};
DeletedRows DeleteOld(int64_t now_s, int64_t retention_days, int64_t limit,
                      Database* database);

// Buckets of one tier whose begin is in [from, to), in order of time.
Buckets ReadPoints(const SourceKey& source, int64_t tier_seconds,
                   int64_t from_s, int64_t to_s, Database* database);

std::map<SourceKey, Counters> ReadSources(Database* database);

// The minutes from which a source's coarser buckets go on: those since the
// begin of the last hour that was kept, none of them after now.
Buckets ReadOpenMinutes(const SourceKey& source, int64_t now_s,
                        Database* database);

// From the first to the last row that lies after `after_s`: written while the
// clock was ahead of what it says now. Nothing where there is none.
std::optional<Period> ReadRowsAfter(int64_t after_s, Database* database);

struct StatsLine {
  std::string timestamp;
  std::string interface;
  int64_t sent_bytes = 0;
  int64_t received_bytes = 0;
};
int64_t CountStats(Database* database);
// None of them after `until_s`.
std::vector<StatsLine> ReadNewestStats(int64_t count, int64_t until_s,
                                       Database* database);

}  // namespace ntm::history
