// Runs the migrations, loads and writes of the other modules' tables.
//
// Shape    the version of each module's tables is a row of module_schemas. If
//          the tables of a module fail, that is logged once and the module is
//          skipped until the file is opened again; the other modules continue.
// Threads  one at a time.
// Errors   DatabaseError.
#pragma once

#include <cstdint>
#include <exception>
#include <functional>
#include <set>
#include <vector>

#include "ntm/base/database.h"
#include "ntm/module/stored_tables.h"

namespace ntm::history {

class OtherTables {
 public:
  explicit OtherTables(std::vector<StoredTables*> tables)
      : tables_(std::move(tables)) {}

  // Migrates the tables to this version and lets each module load its own.
  void Open(Database* database);

  // REQUIRES: a transaction.
  void Save(Database* database);

  // REQUIRES: what Save() wrote is committed.
  void OnSaved();

  // Deletes at most `limit` old rows of one module, in a transaction; returns
  // their number. Continues with the next module when one has no more; 0 means
  // that all modules are done, and the next call starts over.
  int64_t DeleteOld(int64_t now_s, int64_t retention_days, int64_t limit,
                    Database* database);

 private:
  // Calls `call` in a savepoint of its own, which is rolled back if it throws.
  void Guard(StoredTables* tables, Database* database,
             const std::function<void()>& call);

  std::vector<StoredTables*> tables_;
  std::set<StoredTables*> failed_;
  size_t clean_next_ = 0;
};

}  // namespace ntm::history
