// The SQL statements of the history.
//
// Threads  the thread of the connection.
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

// Writes all batches. REQUIRES: a transaction. If a bucket already exists, the
// one with more samples is kept, so that a clock set back does not overwrite
// the past.
WrittenRows WriteBatches(const Batches& batches, Database* database);

// Deletes at most `limit` rows past their retention, in one transaction, and
// returns their number. 0 days: network_stats and the coarsest tier are kept
// forever. Rows with a time in the future are kept.
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

// The minutes of a source's open coarser buckets: those since the begin of the
// last stored hour, up to now.
Buckets ReadOpenMinutes(const SourceKey& source, int64_t now_s,
                        Database* database);

// The first and last time of the rows after `after_s`, which were written while
// the clock was ahead; nullopt if there are none.
std::optional<Period> ReadRowsAfter(int64_t after_s, Database* database);

struct StatsLine {
  std::string timestamp;
  std::string interface;
  int64_t sent_bytes = 0;
  int64_t received_bytes = 0;
};
int64_t CountStats(Database* database);
// Rows after `until_s` are left out.
std::vector<StatsLine> ReadNewestStats(int64_t count, int64_t until_s,
                                       Database* database);

}  // namespace ntm::history
