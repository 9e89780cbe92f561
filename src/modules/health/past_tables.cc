#include "past_tables.h"

#include "ntm/base/utc_text.h"

namespace ntm::health {
namespace {

constexpr char kTable[] = R"(
CREATE TABLE health_history (
  step_seconds INTEGER NOT NULL,
  timestamp TEXT NOT NULL,
  watched_seconds REAL NOT NULL,
  internet_median_seconds REAL,
  internet_p95_seconds REAL,
  local_median_seconds REAL,
  local_p95_seconds REAL,
  dns_median_seconds REAL,
  dns_p95_seconds REAL,
  up_segments INTEGER NOT NULL,
  up_retransmitted_segments INTEGER NOT NULL,
  down_segments INTEGER NOT NULL,
  down_retransmitted_segments INTEGER NOT NULL,
  connections INTEGER NOT NULL,
  refused_connections INTEGER NOT NULL,
  unanswered_connections INTEGER NOT NULL,
  dns_questions INTEGER NOT NULL,
  dns_failures INTEGER NOT NULL,
  dns_unanswered INTEGER NOT NULL,
  internet_times BLOB NOT NULL,
  local_times BLOB NOT NULL,
  dns_times BLOB NOT NULL,
  PRIMARY KEY (step_seconds, timestamp)
) WITHOUT ROWID;
)";

constexpr char kWrite[] =
    "INSERT INTO health_history VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
    "?, ?, ?, ?, ?, ?, CAST(? AS BLOB), CAST(? AS BLOB), CAST(? AS BLOB)) "
    "ON CONFLICT (step_seconds, timestamp) DO UPDATE SET watched_seconds = "
    "excluded.watched_seconds, internet_median_seconds = "
    "excluded.internet_median_seconds, internet_p95_seconds = "
    "excluded.internet_p95_seconds, local_median_seconds = "
    "excluded.local_median_seconds, local_p95_seconds = "
    "excluded.local_p95_seconds, dns_median_seconds = "
    "excluded.dns_median_seconds, dns_p95_seconds = excluded.dns_p95_seconds, "
    "up_segments = excluded.up_segments, up_retransmitted_segments = "
    "excluded.up_retransmitted_segments, down_segments = "
    "excluded.down_segments, down_retransmitted_segments = "
    "excluded.down_retransmitted_segments, connections = "
    "excluded.connections, refused_connections = "
    "excluded.refused_connections, unanswered_connections = "
    "excluded.unanswered_connections, dns_questions = excluded.dns_questions, "
    "dns_failures = excluded.dns_failures, dns_unanswered = "
    "excluded.dns_unanswered, internet_times = excluded.internet_times, "
    "local_times = excluded.local_times, dns_times = excluded.dns_times "
    "WHERE excluded.watched_seconds >= watched_seconds";

int64_t Stored(uint64_t count) { return static_cast<int64_t>(count); }

uint64_t Count(const Statement& read, int column) {
  return static_cast<uint64_t>(read.Integer(column));
}

TimeCounts Times(const Statement& read, int column) {
  return TimeCounts::Unpacked(read.Text(column)).value_or(TimeCounts());
}

}  // namespace

std::vector<std::string> PastMigrations() { return {kTable}; }

void WritePast(const std::vector<PastPoint>& points, Database* database) {
  if (points.empty()) return;
  Statement write(*database, kWrite);
  for (const auto& [step_seconds, b] : points) {
    write.Run(step_seconds, StoredTime(b.begin_s), b.watched_seconds,
              b.remote.Quantile(kMedian), b.remote.Quantile(kP95),
              b.local.Quantile(kMedian), b.local.Quantile(kP95),
              b.dns.Quantile(kMedian), b.dns.Quantile(kP95),
              Stored(b.up.segments), Stored(b.up.retransmitted),
              Stored(b.down.segments), Stored(b.down.retransmitted),
              Stored(b.attempts.connections), Stored(b.attempts.refused),
              Stored(b.attempts.unanswered), Stored(b.attempts.dns_questions),
              Stored(b.attempts.dns_failures),
              Stored(b.attempts.dns_unanswered), b.remote.Packed(),
              b.local.Packed(), b.dns.Packed());
  }
}

PastBuckets ReadPast(int64_t step_seconds, int64_t from_s, int64_t to_s,
                     Database* database) {
  Statement read(
      *database,
      "SELECT CAST(strftime('%s', timestamp) AS INTEGER), watched_seconds, "
      "internet_times, local_times, dns_times, up_segments, "
      "up_retransmitted_segments, down_segments, down_retransmitted_segments, "
      "connections, refused_connections, unanswered_connections, "
      "dns_questions, dns_failures, dns_unanswered FROM health_history WHERE "
      "step_seconds = ? AND timestamp >= ? AND timestamp < ? ORDER BY "
      "timestamp");
  read.Bind(step_seconds, StoredTime(from_s), StoredTime(to_s));
  PastBuckets buckets;
  while (read.Step()) {
    buckets.push_back({
        .begin_s = read.Integer(0),
        .watched_seconds = read.Real(1),
        .remote = Times(read, 2),
        .local = Times(read, 3),
        .dns = Times(read, 4),
        .up = {Count(read, 5), Count(read, 6)},
        .down = {Count(read, 7), Count(read, 8)},
        .attempts = {.connections = Count(read, 9),
                     .refused = Count(read, 10),
                     .unanswered = Count(read, 11),
                     .dns_questions = Count(read, 12),
                     .dns_failures = Count(read, 13),
                     .dns_unanswered = Count(read, 14)},
    });
  }
  return buckets;
}

PastBuckets ReadOpenMinutes(int64_t now_s, Database* database) {
  Statement read(*database,
                 "SELECT CAST(strftime('%s', max(timestamp)) AS INTEGER) FROM "
                 "health_history WHERE step_seconds = ? AND timestamp <= ?");
  read.Bind(kPastTiers.back().step_seconds, StoredTime(now_s));
  const int64_t last_hour =
      read.Step() && !read.IsNull(0) ? read.Integer(0) : 0;
  return ReadPast(kMinuteSeconds, last_hour, now_s + 1, database);
}

int64_t DeleteOldPast(int64_t now_s, int64_t retention_days, int64_t limit,
                      Database* database) {
  Statement remove(
      *database,
      "DELETE FROM health_history WHERE step_seconds = ?1 AND timestamp IN "
      "(SELECT timestamp FROM health_history WHERE step_seconds = ?1 AND "
      "timestamp < ?2 ORDER BY timestamp LIMIT ?3)");
  int64_t deleted = 0;
  for (const Tier& tier : kPastTiers) {
    if (retention_days == 0 && &tier == &kPastTiers.back()) continue;
    remove.Run(tier.step_seconds, StoredTime(now_s - tier.keep_seconds),
               limit - deleted);
    deleted += database->changes();
  }
  return deleted;
}

}  // namespace ntm::health
