// The tables that other modules have in the database.
//
// Shape    the version of each module's tables is a row of module_schemas. A
//          module whose tables fail is logged once and left out until the file
//          is opened anew; the others go on.
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

  // Makes the tables of this version, and lets each module read its own.
  void Open(Database* database);

  // REQUIRES: a transaction.
  void Save(Database* database);

  // REQUIRES: what Save() wrote is committed.
  void OnSaved();

  // A slice of one module's rows, in a transaction; returns how many it
  // deleted. Goes on with the next module where one has no more: none is asked
  // again before all are done, which 0 says.
  int64_t DeleteOld(int64_t now_s, int64_t retention_days, int64_t limit,
                    Database* database);

 private:
  // Calls it in a savepoint of its own; rolls that back if it throws.
  void Guard(StoredTables* tables, Database* database,
             const std::function<void()>& call);

  std::vector<StoredTables*> tables_;
  std::set<StoredTables*> failed_;
  size_t clean_next_ = 0;
};

}  // namespace ntm::history
