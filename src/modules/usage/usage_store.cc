#include "usage_store.h"

#include <fmt/format.h>

#include <algorithm>

#include "ntm/base/utc_text.h"

namespace ntm::usage {
namespace {

constexpr int64_t kKeepSeconds = int64_t{13 * 31} * 86400;

constexpr char kVersion1[] = R"(
CREATE TABLE usage_daily (
  day TEXT NOT NULL,
  host TEXT NOT NULL,
  service TEXT NOT NULL,
  bytes_in INTEGER NOT NULL,
  bytes_out INTEGER NOT NULL,
  is_alias INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (day, host, service, is_alias)
);

CREATE TABLE usage_five_minutes (
  timestamp TEXT NOT NULL PRIMARY KEY,
  receive_bytes INTEGER NOT NULL,
  transmit_bytes INTEGER NOT NULL,
  watched_seconds REAL NOT NULL,
  receive_bytes_per_second REAL NOT NULL,
  transmit_bytes_per_second REAL NOT NULL
) WITHOUT ROWID;

CREATE TABLE usage_counters (
  interface TEXT NOT NULL PRIMARY KEY,
  receive_bytes INTEGER NOT NULL,
  transmit_bytes INTEGER NOT NULL
) WITHOUT ROWID;
)";

constexpr char kSlotColumns[] =
    "SELECT CAST(strftime('%s', timestamp) AS INTEGER), receive_bytes, "
    "transmit_bytes, watched_seconds, receive_bytes_per_second, "
    "transmit_bytes_per_second FROM usage_five_minutes ";

int64_t Stored(uint64_t count) { return static_cast<int64_t>(count); }

uint64_t Count(const Statement& read, int column) {
  return static_cast<uint64_t>(read.Integer(column));
}

// Of the columns host, service, is_alias, bytes_in, bytes_out.
UsageRows ReadRows(Statement* read) {
  UsageRows rows;
  while (read->Step()) {
    rows.push_back({{read->Text(0), read->Text(1), read->Integer(2) != 0},
                    {Count(*read, 3), Count(*read, 4)}});
  }
  return rows;
}

std::vector<Slot> TakeSlots(Statement* read) {
  std::vector<Slot> slots;
  while (read->Step()) {
    slots.push_back({read->Integer(0), Count(*read, 1), Count(*read, 2),
                     read->Real(3), read->Real(4), read->Real(5)});
  }
  return slots;
}

}  // namespace

std::vector<std::string> UsageMigrations() { return {kVersion1}; }

std::string NewestDay(Database* database) {
  Statement read(*database, "SELECT max(day) FROM usage_daily");
  return read.Step() && !read.IsNull(0) ? read.Text(0) : "";
}

UsageRows ReadDay(const std::string& day, Database* database) {
  Statement read(*database,
                 "SELECT host, service, is_alias, bytes_in, bytes_out FROM "
                 "usage_daily WHERE day = ?");
  read.Bind(day);
  return ReadRows(&read);
}

UsageRows ReadDays(const std::string& from, const std::string& to,
                   const std::vector<std::string>& without,
                   Database* database) {
  std::string sql =
      "SELECT host, service, is_alias, sum(bytes_in), sum(bytes_out) FROM "
      "usage_daily WHERE day >= ? AND day < ?";
  // Names of days, made here.
  for (const std::string& day : without) sql += " AND day <> '" + day + "'";
  Statement read(*database, sql + " GROUP BY host, service, is_alias");
  read.Bind(from, to);
  return ReadRows(&read);
}

void WriteDays(const std::vector<DayRows>& days, Database* database) {
  Statement clear(*database, "DELETE FROM usage_daily WHERE day = ?");
  Statement insert(*database,
                   "INSERT OR REPLACE INTO usage_daily (day, host, service, "
                   "bytes_in, bytes_out, is_alias) VALUES (?, ?, ?, ?, ?, ?)");
  for (const DayRows& day : days) {
    if (day.is_whole) clear.Run(day.day);
    for (const auto& [key, bytes] : day.rows) {
      insert.Run(day.day, key.host, key.service, Stored(bytes.in),
                 Stored(bytes.out), int64_t{key.is_alias});
    }
  }
}

std::vector<Slot> ReadSlots(int64_t from_s, int64_t to_s, Database* database) {
  Statement read(*database, std::string(kSlotColumns) +
                                "WHERE timestamp >= ? AND timestamp < ? "
                                "ORDER BY timestamp");
  read.Bind(StoredTime(from_s), StoredTime(to_s));
  return TakeSlots(&read);
}

std::vector<Slot> ReadNewestSlots(int days, Database* database) {
  Statement read(
      *database,
      std::string(kSlotColumns) +
          "WHERE timestamp >= (SELECT strftime('%Y-%m-%dT%H:%M:%S', "
          "max(timestamp), ?) FROM usage_five_minutes) ORDER BY timestamp");
  read.Bind(fmt::format("-{} days", days));
  return TakeSlots(&read);
}

InterfaceMeter::CountersByName ReadCounters(Database* database) {
  Statement read(*database,
                 "SELECT interface, receive_bytes, transmit_bytes FROM "
                 "usage_counters");
  InterfaceMeter::CountersByName counters;
  while (read.Step()) {
    counters[read.Text(0)] = {Count(read, 1), Count(read, 2)};
  }
  return counters;
}

void WriteMeter(const InterfaceMeter::Changes& changes, Database* database) {
  // A part is added to what the slot has; its mean by the time watched.
  constexpr char kAddPart[] = R"(
    INSERT INTO usage_five_minutes VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (timestamp) DO UPDATE SET
      receive_bytes_per_second = ifnull(
        (receive_bytes_per_second * watched_seconds +
         excluded.receive_bytes_per_second * excluded.watched_seconds) /
        (watched_seconds + excluded.watched_seconds), 0),
      transmit_bytes_per_second = ifnull(
        (transmit_bytes_per_second * watched_seconds +
         excluded.transmit_bytes_per_second * excluded.watched_seconds) /
        (watched_seconds + excluded.watched_seconds), 0),
      receive_bytes = receive_bytes + excluded.receive_bytes,
      transmit_bytes = transmit_bytes + excluded.transmit_bytes,
      watched_seconds = watched_seconds + excluded.watched_seconds)";
  Statement slot(*database, kAddPart);
  for (const Slot& s : changes.slots) {
    slot.Run(StoredTime(s.begin_s), Stored(s.receive_bytes),
             Stored(s.transmit_bytes), s.watched_seconds,
             s.receive_bytes_per_second, s.transmit_bytes_per_second);
  }
  database->Execute("DELETE FROM usage_counters");
  Statement counter(*database, "INSERT INTO usage_counters VALUES (?, ?, ?)");
  for (const auto& [name, counters] : changes.counters) {
    counter.Run(name, Stored(counters.receive_bytes),
                Stored(counters.transmit_bytes));
  }
}

int64_t DeleteOldUsage(int64_t now_s, int64_t limit, Database* database) {
  const int64_t oldest_s = now_s - kKeepSeconds;
  Statement(*database,
            "DELETE FROM usage_daily WHERE (day, host, service, is_alias) IN "
            "(SELECT day, host, service, is_alias FROM usage_daily WHERE day "
            "< ? ORDER BY day LIMIT ?)")
      .Run(DayOf(oldest_s).name, limit);
  const int64_t deleted = database->changes();
  Statement(*database,
            "DELETE FROM usage_five_minutes WHERE timestamp IN (SELECT "
            "timestamp FROM usage_five_minutes WHERE timestamp < ? ORDER BY "
            "timestamp LIMIT ?)")
      .Run(StoredTime(oldest_s), limit - deleted);
  return deleted + database->changes();
}

}  // namespace ntm::usage
