#include "schema.h"

#include <array>

namespace ntm::history {
namespace {

constexpr char kVersion1[] = R"(
CREATE TABLE IF NOT EXISTS network_stats (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  timestamp TEXT NOT NULL,
  interface TEXT NOT NULL,
  bytes_sent INTEGER NOT NULL,
  bytes_recv INTEGER NOT NULL,
  packets_sent INTEGER NOT NULL,
  packets_recv INTEGER NOT NULL,
  errin INTEGER NOT NULL,
  errout INTEGER NOT NULL,
  dropin INTEGER NOT NULL,
  dropout INTEGER NOT NULL,
  bytes_sent_rate REAL,
  bytes_recv_rate REAL,
  UNIQUE(timestamp, interface)
);
CREATE INDEX IF NOT EXISTS idx_timestamp ON network_stats(timestamp);
CREATE INDEX IF NOT EXISTS idx_interface ON network_stats(interface);

CREATE TABLE network_interfaces (
  name TEXT PRIMARY KEY,
  mac_address TEXT NOT NULL,
  ip_addresses TEXT NOT NULL,
  speed_mbps REAL,
  max_bandwidth_mbps REAL NOT NULL,
  mtu INTEGER NOT NULL,
  is_active INTEGER NOT NULL,
  last_seen TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE traffic_history (
  kind TEXT NOT NULL,
  source TEXT NOT NULL,
  step_seconds INTEGER NOT NULL,
  timestamp TEXT NOT NULL,
  samples INTEGER NOT NULL,
  receive_mean REAL NOT NULL,
  receive_min REAL NOT NULL,
  receive_max REAL NOT NULL,
  transmit_mean REAL NOT NULL,
  transmit_min REAL NOT NULL,
  transmit_max REAL NOT NULL,
  receive_bytes INTEGER NOT NULL,
  transmit_bytes INTEGER NOT NULL,
  PRIMARY KEY (kind, source, step_seconds, timestamp)
) WITHOUT ROWID;

CREATE TABLE traffic_sources (
  kind TEXT NOT NULL,
  source TEXT NOT NULL,
  receive_bytes INTEGER NOT NULL,
  transmit_bytes INTEGER NOT NULL,
  last_seen TEXT NOT NULL,
  PRIMARY KEY (kind, source)
) WITHOUT ROWID;
)";

// Renames columns to the style of the other tables and adds currentUsage.
constexpr char kVersion2[] = R"(
ALTER TABLE network_interfaces RENAME COLUMN mac_address TO macAddress;
ALTER TABLE network_interfaces RENAME COLUMN ip_addresses TO ipAddress;
ALTER TABLE network_interfaces RENAME COLUMN speed_mbps TO speed;
ALTER TABLE network_interfaces
  RENAME COLUMN max_bandwidth_mbps TO totalBandwidth;
ALTER TABLE network_interfaces RENAME COLUMN is_active TO isActive;
ALTER TABLE network_interfaces RENAME COLUMN last_seen TO lastSeen;
ALTER TABLE network_interfaces ADD COLUMN currentUsage REAL;
)";

// Element n migrates from version n to n + 1.
constexpr std::array kMigrations = {kVersion1, kVersion2};
static_assert(kMigrations.size() == kSchemaVersion);

bool HasTable(Database& database, const std::string& name) {
  Statement statement(
      database,
      "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?");
  return statement.Bind(name).Step();
}

}  // namespace

void Migrate(Database& database) {
  const int64_t version = database.schema_version();
  if (version == kSchemaVersion) return;
  if (version > kSchemaVersion || version < 0) RequireKnown(database);
  Transaction transaction(database);
  for (auto i = static_cast<size_t>(version); i < kMigrations.size(); ++i) {
    database.Execute(kMigrations[i]);
  }
  database.Execute("PRAGMA user_version = " + std::to_string(kSchemaVersion));
  transaction.Commit();
}

void RequireKnown(Database& database) {
  const int64_t version = database.schema_version();
  if (version < 0 || version > kSchemaVersion) {
    throw Error(database.path() + " has schema version " +
                std::to_string(version) + ", this ntm knows up to " +
                std::to_string(kSchemaVersion) +
                "; use a newer ntm or another database");
  }
  if (!HasTable(database, "network_stats")) {
    throw Error(database.path() +
                " is not a database of ntm: it has no table network_stats");
  }
}

}  // namespace ntm::history
