#include "other_tables.h"

#include <spdlog/spdlog.h>

#include <string>

#include "ntm/base/error.h"

namespace ntm::history {
namespace {

int64_t VersionOf(const std::string& module, Database* database) {
  Statement statement(*database,
                      "SELECT version FROM module_schemas WHERE module = ?");
  return statement.Bind(module).Step() ? statement.Integer(0) : 0;
}

void MigrateOne(const StoredTables& tables, Database* database) {
  const std::string module(tables.name());
  const std::vector<std::string> migrations = tables.Migrations();
  const int64_t version = VersionOf(module, database);
  const auto newest = static_cast<int64_t>(migrations.size());
  if (version == newest) return;
  if (version < 0 || version > newest) {
    throw Error("the tables have version " + std::to_string(version) +
                ", this ntm knows up to " + std::to_string(newest) +
                "; use a newer ntm or another database");
  }
  for (auto i = static_cast<size_t>(version); i < migrations.size(); ++i) {
    database->Execute(migrations[i]);
  }
  Statement(*database, "INSERT OR REPLACE INTO module_schemas VALUES (?, ?)")
      .Run(module, newest);
}

}  // namespace

void OtherTables::Guard(StoredTables* tables, Database* database,
                        const std::function<void()>& call) {
  if (failed_.contains(tables)) return;
  database->Execute("SAVEPOINT module");
  try {
    call();
  } catch (const DatabaseError& error) {
    if (error.fault() != Fault::kOther) throw;
    failed_.insert(tables);
    spdlog::error("{}: {}", tables->name(), error.what());
  } catch (const std::exception& error) {
    failed_.insert(tables);
    spdlog::error("{} stores nothing in {}: {}", tables->name(),
                  database->path(), error.what());
  }
  if (failed_.contains(tables)) database->Execute("ROLLBACK TO module");
  database->Execute("RELEASE module");
}

void OtherTables::Open(Database* database) {
  failed_.clear();
  Transaction transaction(*database);
  database->Execute(
      "CREATE TABLE IF NOT EXISTS module_schemas "
      "(module TEXT PRIMARY KEY, version INTEGER NOT NULL) WITHOUT ROWID");
  for (StoredTables* tables : tables_) {
    Guard(tables, database, [&] {
      MigrateOne(*tables, database);
      tables->Load(*database);
    });
  }
  transaction.Commit();
}

void OtherTables::Save(Database* database) {
  for (StoredTables* tables : tables_) {
    Guard(tables, database, [&] { tables->Save(*database); });
  }
}

void OtherTables::OnSaved() {
  for (StoredTables* tables : tables_) {
    if (!failed_.contains(tables)) tables->OnSaved();
  }
}

int64_t OtherTables::DeleteOld(int64_t now_s, int64_t retention_days,
                               int64_t limit, Database* database) {
  int64_t deleted = 0;
  Transaction transaction(*database);
  for (; clean_next_ < tables_.size(); ++clean_next_) {
    StoredTables* tables = tables_[clean_next_];
    Guard(tables, database, [&] {
      deleted = tables->DeleteOld(*database, now_s, retention_days, limit);
    });
    if (deleted > 0) break;
  }
  transaction.Commit();
  if (deleted == 0) clean_next_ = 0;
  return deleted;
}

}  // namespace ntm::history
