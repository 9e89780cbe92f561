#include "ntm/base/database.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "history_fixture.h"
#include "modules/history/database_path.h"
#include "modules/history/schema.h"
#include "modules/history/store.h"
#include "ntm/base/error.h"

namespace ntm::history {
namespace {

using test::Ask;

unsigned ModeOf(const std::string& path) {
  struct stat status = {};
  return stat(path.c_str(), &status) == 0 ? status.st_mode & 07777U : 0;
}

struct DatabaseTest : ::testing::Test {
  test::Folder folder;
  std::string path = folder / "history.db";
};

TEST_F(DatabaseTest, MakesAFileThatOnlyItsGroupMayReadWithItsLog) {
  const auto database = OpenOwned(path);
  database->Execute("INSERT INTO traffic_sources VALUES ('a','b',1,2,'c')");
  EXPECT_EQ(ModeOf(path), 0600U);
  EXPECT_EQ(ModeOf(path + "-wal"), 0600U);
  EXPECT_EQ(ModeOf(path + "-shm"), 0600U);
  EXPECT_EQ(Ask(database.get(), "PRAGMA journal_mode"), "wal");
}

TEST_F(DatabaseTest, NetworkStatsHasThe13ColumnsAndTwoIndexesOfItsUsers) {
  const auto database = OpenOwned(path);
  EXPECT_EQ(Ask(database.get(),
                "SELECT group_concat(name || ' ' || type || ' ' || \"notnull\" "
                "|| pk, ', ') FROM pragma_table_info('network_stats')"),
            "id INTEGER 01, timestamp TEXT 10, interface TEXT 10, "
            "bytes_sent INTEGER 10, bytes_recv INTEGER 10, "
            "packets_sent INTEGER 10, packets_recv INTEGER 10, "
            "errin INTEGER 10, errout INTEGER 10, dropin INTEGER 10, "
            "dropout INTEGER 10, bytes_sent_rate REAL 00, "
            "bytes_recv_rate REAL 00");
  EXPECT_EQ(Ask(database.get(),
                "SELECT group_concat(name, ' ') FROM (SELECT name FROM "
                "sqlite_master WHERE type = 'index' AND tbl_name = "
                "'network_stats' AND sql IS NOT NULL ORDER BY name)"),
            "idx_interface idx_timestamp");
  EXPECT_EQ(
      Ask(database.get(),
          "SELECT group_concat(c.name, ',') FROM "
          "pragma_index_list('network_stats') AS l, "
          "pragma_index_info(l.name) AS c WHERE l.\"unique\" ORDER BY c.seqno"),
      "timestamp,interface");
}

constexpr char kStatsTable[] =
    "CREATE TABLE network_stats (id INTEGER PRIMARY KEY AUTOINCREMENT, "
    "timestamp TEXT NOT NULL, interface TEXT NOT NULL, bytes_sent INTEGER "
    "NOT NULL, bytes_recv INTEGER NOT NULL, packets_sent INTEGER NOT NULL, "
    "packets_recv INTEGER NOT NULL, errin INTEGER NOT NULL, errout INTEGER "
    "NOT NULL, dropin INTEGER NOT NULL, dropout INTEGER NOT NULL, "
    "bytes_sent_rate REAL, bytes_recv_rate REAL, "
    "UNIQUE(timestamp, interface));";

TEST_F(DatabaseTest, KeepsTheRowsOfAFileThatHasOnlyNetworkStats) {
  {
    Database old(path, OpenMode::kWrite);
    old.Execute(std::string(kStatsTable) +
                "INSERT INTO network_stats VALUES "
                "(1,'2026-01-30T09:00:00.5','eth0',1,2,3,4,5,6,7,8,NULL,NULL)");
  }
  const auto database = OpenOwned(path);
  EXPECT_EQ(database->schema_version(), kSchemaVersion);
  EXPECT_EQ(CountStats(database.get()), 1);
}

TEST_F(DatabaseTest, KeepsTheInterfacesOfAnOlderFile) {
  {
    Database old(path, OpenMode::kWrite);
    old.Execute(
        std::string(kStatsTable) +
        "CREATE TABLE traffic_history (kind, source, step_seconds, timestamp);"
        "CREATE TABLE traffic_sources (kind, source, receive_bytes, "
        "transmit_bytes, last_seen);"
        "CREATE TABLE network_interfaces (name TEXT PRIMARY KEY, mac_address "
        "TEXT NOT NULL, ip_addresses TEXT NOT NULL, speed_mbps REAL, "
        "max_bandwidth_mbps REAL NOT NULL, mtu INTEGER NOT NULL, is_active "
        "INTEGER NOT NULL, last_seen TEXT NOT NULL) WITHOUT ROWID;"
        "INSERT INTO network_interfaces VALUES ('eth0', '02:00:00:00:00:01', "
        "'10.0.0.1/24', NULL, 1000, 1500, 1, '2026-01-31T08:00:00');"
        "PRAGMA user_version = 1");
  }
  const auto database = OpenOwned(path);
  EXPECT_EQ(Ask(database.get(),
                "SELECT name || ' ' || macAddress || ' ' || ipAddress || ' ' "
                "|| totalBandwidth || ' ' || isActive || ' ' || lastSeen FROM "
                "network_interfaces WHERE currentUsage IS NULL AND speed IS "
                "NULL"),
            "eth0 02:00:00:00:00:01 10.0.0.1/24 1000.0 1 2026-01-31T08:00:00");
}

TEST_F(DatabaseTest, RefusesTheFileOfANewerNtm) {
  Database(path, OpenMode::kWrite).Execute("PRAGMA user_version = 99");
  EXPECT_THROW(OpenOwned(path), Error);
  EXPECT_TRUE(std::filesystem::exists(path));
}

TEST_F(DatabaseTest, ATransactionThatIsNotCommittedLeavesNothing) {
  const auto database = OpenOwned(path);
  {
    Transaction transaction(*database);
    database->Execute("INSERT INTO traffic_sources VALUES ('a','b',1,2,'c')");
  }
  EXPECT_EQ(Ask(database.get(), "SELECT count(*) FROM traffic_sources"), "0");
}

TEST_F(DatabaseTest, RenamesAFileThatIsNotADatabase) {
  std::ofstream(path) << std::string(8192, 'x');
  const auto database = OpenOwned(path);
  EXPECT_EQ(database->CheckIntegrity(), "");
  int set_aside = 0;
  for (const auto& entry : std::filesystem::directory_iterator(
           std::filesystem::path(path).parent_path())) {
    const std::string name = entry.path().filename();
    if (name.starts_with("history.db.corrupt-")) ++set_aside;
  }
  EXPECT_EQ(set_aside, 1);
}

TEST_F(DatabaseTest, CountsTheBytesItWrites) {
  const auto database = OpenOwned(path);
  const uint64_t before = database->written_bytes();
  Statement insert(*database, "INSERT INTO traffic_sources VALUES (?,?,1,2,?)");
  Transaction transaction(*database);
  for (int64_t i = 0; i < 1000; ++i) {
    insert.Run(std::string("kind"), std::to_string(i), std::string(100, 'x'));
  }
  transaction.Commit();
  const uint64_t in_log = database->written_bytes() - before;
  EXPECT_GE(in_log, std::filesystem::file_size(path + "-wal") / 2);
  database->Checkpoint(1);
  EXPECT_GE(database->written_bytes() - before,
            in_log + std::filesystem::file_size(path) / 2);
}

TEST_F(DatabaseTest, ABackupIsACompletePrivateDatabase) {
  const auto database = OpenOwned(path);
  database->Execute("INSERT INTO traffic_sources VALUES ('a','b',1,2,'c')");
  const std::string copy = folder / "copy.db";
  Database(path, OpenMode::kReadOnly).BackUpTo(copy);
  EXPECT_EQ(ModeOf(copy), 0600U);
  Database opened(copy, OpenMode::kReadOnly);
  EXPECT_EQ(opened.CheckIntegrity(), "");
  EXPECT_EQ(Ask(&opened, "SELECT count(*) FROM traffic_sources"), "1");
  EXPECT_THROW(database->BackUpTo(copy), Error);
}

TEST_F(DatabaseTest, TheLockIsExclusiveAndEndsWithItsProcess) {
  auto first = std::make_unique<OwnerLock>(path);
  EXPECT_FALSE(first->is_taken());
  EXPECT_TRUE(OwnerLock(path).is_taken());
  first.reset();
  EXPECT_FALSE(OwnerLock(path).is_taken());
}

}  // namespace
}  // namespace ntm::history
