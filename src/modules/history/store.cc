#include "store.h"

#include <algorithm>
#include <optional>

#include "ntm/base/unix_time.h"
#include "ntm/base/utc_text.h"
#include "utc_time.h"

namespace ntm::history {
namespace {

constexpr double kBitsPerByte = 8;
constexpr double kBitsPerMegabit = 1e6;

int64_t Stored(uint64_t count) { return static_cast<int64_t>(count); }

int64_t Stored(const StatsRow& row, uint64_t count) {
  return row.store_raw_counts ? Stored(count) : 0;
}

void WriteStats(const Batches& batches, Database* database) {
  Statement insert(*database,
                   "INSERT OR REPLACE INTO network_stats "
                   "(timestamp, interface, bytes_sent, bytes_recv, "
                   "packets_sent, packets_recv, errin, errout, dropin, "
                   "dropout, bytes_sent_rate, bytes_recv_rate) "
                   "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  for (const auto& batch : batches) {
    for (const StatsRow& row : batch->stats) {
      const InterfaceSample& s = row.sample;
      insert.Run(StoredTime(row.time_s), s.name, Stored(row, s.transmit_bytes),
                 Stored(row, s.receive_bytes), Stored(row, s.transmit_packets),
                 Stored(row, s.receive_packets), Stored(row, s.receive_errors),
                 Stored(row, s.transmit_errors), Stored(row, s.receive_dropped),
                 Stored(row, s.transmit_dropped), s.transmit_bytes_per_second,
                 s.receive_bytes_per_second);
    }
  }
}

void WritePoints(const Batches& batches, Database* database) {
  Statement insert(
      *database,
      "INSERT INTO traffic_history (kind, source, step_seconds, timestamp, "
      "samples, receive_mean, receive_min, receive_max, transmit_mean, "
      "transmit_min, transmit_max, receive_bytes, transmit_bytes) VALUES "
      "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
      "ON CONFLICT (kind, source, step_seconds, timestamp) DO UPDATE SET "
      "samples = excluded.samples, receive_mean = excluded.receive_mean, "
      "receive_min = excluded.receive_min, receive_max = "
      "excluded.receive_max, transmit_mean = excluded.transmit_mean, "
      "transmit_min = excluded.transmit_min, transmit_max = "
      "excluded.transmit_max, receive_bytes = excluded.receive_bytes, "
      "transmit_bytes = excluded.transmit_bytes "
      "WHERE excluded.samples >= samples");
  for (const auto& batch : batches) {
    for (const auto& [source, point] : batch->points) {
      const Bucket& b = point.bucket;
      insert.Run(source.kind, source.name, point.step_seconds,
                 StoredTime(b.begin_s), b.samples, b.receive.mean,
                 b.receive.min, b.receive.max, b.transmit.mean, b.transmit.min,
                 b.transmit.max, Stored(b.receive_bytes),
                 Stored(b.transmit_bytes));
    }
  }
}

std::string Joined(const std::vector<std::string>& addresses) {
  std::string text;
  for (const std::string& address : addresses) {
    text += (text.empty() ? "" : ",") + address;
  }
  return text;
}

// Both directions together; nullopt while they are not known.
std::optional<double> UsedMegabits(const InterfaceSample& sample) {
  if (!sample.receive_bytes_per_second || !sample.transmit_bytes_per_second) {
    return std::nullopt;
  }
  return (*sample.receive_bytes_per_second +
          *sample.transmit_bytes_per_second) *
         kBitsPerByte / kBitsPerMegabit;
}

void WriteSources(const Batches& batches, Database* database) {
  Statement source(*database,
                   "INSERT OR REPLACE INTO traffic_sources VALUES "
                   "(?, ?, ?, ?, ?)");
  Statement interface(*database,
                      "INSERT OR REPLACE INTO network_interfaces VALUES "
                      "(?, ?, ?, ?, ?, ?, ?, ?, ?)");
  for (const auto& batch : batches) {
    for (const auto& [key, last] : batch->counters) {
      source.Run(key.kind, key.name, Stored(last.receive_bytes),
                 Stored(last.transmit_bytes), StoredTime(last.time_s));
    }
    for (const auto& [name, s] : batch->interfaces) {
      std::optional<double> speed_mbps;
      if (s.speed_bits_per_second > 0) {
        speed_mbps =
            static_cast<double>(s.speed_bits_per_second) / kBitsPerMegabit;
      }
      const auto seen = batch->counters.find({kInterfaceKind, name});
      interface.Run(
          name, s.mac, Joined(s.addresses), speed_mbps,
          s.max_bytes_per_second * kBitsPerByte / kBitsPerMegabit,
          int64_t{s.mtu_bytes}, int64_t{s.up},
          StoredTime(seen == batch->counters.end() ? 0 : seen->second.time_s),
          UsedMegabits(s));
    }
  }
}

// Keeps the newest kRawPoints points of every source.
int64_t DeleteRaw(int64_t now_s, int64_t limit, Database* database) {
  Statement remove(
      *database,
      "DELETE FROM traffic_history WHERE kind = ?1 AND source = ?2 AND "
      "step_seconds = ?3 AND timestamp IN (SELECT timestamp FROM "
      "traffic_history WHERE kind = ?1 AND source = ?2 AND step_seconds = ?3 "
      "AND timestamp < (SELECT timestamp FROM traffic_history WHERE kind = ?1 "
      "AND source = ?2 AND step_seconds = ?3 AND timestamp <= ?6 ORDER BY "
      "timestamp DESC LIMIT 1 OFFSET ?4) ORDER BY timestamp LIMIT ?5)");
  const std::string now = StoredTime(now_s);
  int64_t deleted = 0;
  for (const auto& [source, last] : ReadSources(database)) {
    if (deleted >= limit) break;
    remove.Run(source.kind, source.name, kRawStepSeconds, kRawPoints - 1,
               limit - deleted, now);
    deleted += database->changes();
  }
  return deleted;
}

int64_t DeleteTier(const Tier& tier, int64_t now_s, int64_t limit,
                   Database* database) {
  Statement find(*database,
                 "SELECT timestamp FROM traffic_history WHERE kind = ?1 AND "
                 "source = ?2 AND step_seconds = ?3 AND timestamp < ?4 "
                 "ORDER BY timestamp LIMIT ?5");
  Statement remove(*database,
                   "DELETE FROM traffic_history WHERE kind = ?1 AND source = "
                   "?2 AND step_seconds = ?3 AND timestamp <= ?4");
  const std::string oldest = StoredTime(now_s - tier.keep_seconds);
  int64_t deleted = 0;
  for (const auto& [source, last] : ReadSources(database)) {
    if (deleted >= limit) break;
    std::string newest_gone;
    find.Bind(source.kind, source.name, tier.step_seconds, oldest,
              limit - deleted);
    while (find.Step()) newest_gone = find.Text(0);
    if (newest_gone.empty()) continue;
    remove.Run(source.kind, source.name, tier.step_seconds, newest_gone);
    deleted += database->changes();
  }
  return deleted;
}

int64_t DeleteSources(int64_t now_s, Database* database) {
  const std::string oldest = StoredTime(now_s - kTiers.back().keep_seconds);
  int64_t deleted = 0;
  for (const char* sql :
       {"DELETE FROM traffic_sources WHERE last_seen < ?",
        "DELETE FROM network_interfaces WHERE lastSeen < ?"}) {
    Statement(*database, sql).Run(oldest);
    deleted += database->changes();
  }
  return deleted;
}

}  // namespace

WrittenRows WriteBatches(const Batches& batches, Database* database) {
  WrittenRows rows;
  if (batches.empty()) return rows;
  WriteStats(batches, database);
  WritePoints(batches, database);
  WriteSources(batches, database);
  for (const auto& batch : batches) {
    rows.stats += batch->stats.size();
    rows.points += batch->points.size();
  }
  return rows;
}

DeletedRows DeleteOld(int64_t now_s, int64_t retention_days, int64_t limit,
                      Database* database) {
  DeletedRows deleted;
  Transaction transaction(*database);
  if (retention_days > 0) {
    Statement remove(*database,
                     "DELETE FROM network_stats WHERE id IN (SELECT id FROM "
                     "network_stats WHERE timestamp < ? ORDER BY timestamp "
                     "LIMIT ?)");
    remove.Run(StoredTime(now_s - retention_days * kDaySeconds), limit);
    deleted.stats = database->changes();
  }
  deleted.points += DeleteRaw(now_s, limit - deleted.stats, database);
  for (const Tier& tier : kTiers) {
    const bool is_forever = retention_days == 0 && &tier == &kTiers.back();
    if (tier.step_seconds == kRawStepSeconds || is_forever) continue;
    deleted.points += DeleteTier(
        tier, now_s, limit - deleted.stats - deleted.points, database);
  }
  if (retention_days > 0) DeleteSources(now_s, database);
  transaction.Commit();
  return deleted;
}

Buckets ReadPoints(const SourceKey& source, int64_t tier_seconds,
                   int64_t from_s, int64_t to_s, Database* database) {
  Statement read(
      *database,
      "SELECT timestamp, samples, receive_mean, receive_min, receive_max, "
      "transmit_mean, transmit_min, transmit_max, receive_bytes, "
      "transmit_bytes FROM traffic_history WHERE kind = ? AND source = ? AND "
      "step_seconds = ? AND timestamp >= ? AND timestamp < ? "
      "ORDER BY timestamp");
  read.Bind(source.kind, source.name, tier_seconds, StoredTime(from_s),
            StoredTime(to_s));
  Buckets buckets;
  while (read.Step()) {
    const auto begin_s = ParseTime(read.Text(0));
    if (!begin_s) continue;
    buckets.push_back({
        .begin_s = *begin_s,
        .samples = read.Integer(1),
        .receive = {read.Real(2), read.Real(3), read.Real(4)},
        .transmit = {read.Real(5), read.Real(6), read.Real(7)},
        .receive_bytes = static_cast<uint64_t>(read.Integer(8)),
        .transmit_bytes = static_cast<uint64_t>(read.Integer(9)),
    });
  }
  return buckets;
}

std::map<SourceKey, Counters> ReadSources(Database* database) {
  Statement read(*database,
                 "SELECT kind, source, receive_bytes, transmit_bytes, "
                 "last_seen FROM traffic_sources");
  std::map<SourceKey, Counters> sources;
  while (read.Step()) {
    sources[{read.Text(0), read.Text(1)}] = {
        static_cast<uint64_t>(read.Integer(2)),
        static_cast<uint64_t>(read.Integer(3)),
        ParseTime(read.Text(4)).value_or(0)};
  }
  return sources;
}

Buckets ReadOpenMinutes(const SourceKey& source, int64_t now_s,
                        Database* database) {
  Statement read(*database,
                 "SELECT max(timestamp) FROM traffic_history WHERE kind = ? "
                 "AND source = ? AND step_seconds = ? AND timestamp <= ?");
  read.Bind(source.kind, source.name, kTiers.back().step_seconds,
            StoredTime(now_s));
  const auto last_hour =
      read.Step() && !read.IsNull(0) ? ParseTime(read.Text(0)) : std::nullopt;
  return ReadPoints(source, kMinuteSeconds, last_hour.value_or(0), now_s + 1,
                    database);
}

std::optional<Period> ReadRowsAfter(int64_t after_s, Database* database) {
  std::optional<Period> found;
  const auto take = [&](const Statement& range) {
    const auto first = ParseTime(range.Text(0));
    const auto last = ParseTime(range.Text(1));
    if (!first || !last) return;
    if (!found) found = Period{*first, *last};
    found->from_s = std::min(found->from_s, *first);
    found->to_s = std::max(found->to_s, *last);
  };
  const std::string after = StoredTime(after_s);
  // Cut to seconds: rows written by another tool may have fractions.
  Statement stats(*database,
                  "SELECT substr(min(timestamp), 1, 19), "
                  "substr(max(timestamp), 1, 19) FROM network_stats WHERE "
                  "timestamp > ?");
  stats.Bind(after);
  if (stats.Step()) take(stats);
  Statement points(*database,
                   "SELECT min(timestamp), max(timestamp) FROM "
                   "traffic_history WHERE kind = ? AND source = ? AND "
                   "step_seconds = ? AND timestamp > ?");
  for (const auto& [source, last] : ReadSources(database)) {
    for (const Tier& tier : kTiers) {
      points.Bind(source.kind, source.name, tier.step_seconds, after);
      if (points.Step()) take(points);
    }
  }
  return found;
}

int64_t CountStats(Database* database) {
  Statement count(*database, "SELECT count(*) FROM network_stats");
  return count.Step() ? count.Integer(0) : 0;
}

std::vector<StatsLine> ReadNewestStats(int64_t count, int64_t until_s,
                                       Database* database) {
  Statement read(*database,
                 "SELECT timestamp, interface, bytes_sent, bytes_recv FROM "
                 "network_stats WHERE timestamp < ? ORDER BY timestamp DESC, "
                 "id DESC LIMIT ?");
  read.Bind(StoredTime(until_s + 1), count);
  std::vector<StatsLine> lines;
  while (read.Step()) {
    lines.push_back(
        {read.Text(0), read.Text(1), read.Integer(2), read.Integer(3)});
  }
  return lines;
}

}  // namespace ntm::history
