// What a module keeps in the history's database: tables of its own.
//
// Shape    the history opens the file, makes the tables, and writes all
// modules'
//          rows in one transaction a minute. Without a database none of this is
//          called: a module works from memory, and its answers include what is
//          not written yet.
// Threads  Load() on the main thread, maybe before the module's own Open(), or
//          on the database's thread when the file is opened later or anew; the
//          rest on the database's thread. A module locks what these share with
//          its ticks and handlers.
// Errors   DatabaseError says that the database fails, and all of the
//          transaction comes again. What else is thrown is logged, and this
//          module's rows alone are left out.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "ntm/base/database.h"

namespace ntm {

class StoredTables {
 public:
  virtual ~StoredTables() = default;

  // Under which the version of the tables is kept: the module's name.
  virtual std::string_view name() const noexcept = 0;

  // Element n is the SQL that brings version n to n + 1; an empty file has 0.
  virtual std::vector<std::string> Migrations() const = 0;

  // Each time the file has been opened, with the tables of this version: reads
  // what a restart takes up. Who answers from the tables may keep
  // database.path(), and read it with a Database of its own.
  virtual void Load(Database& /*database*/) {}

  // Writes what is pending, inside a transaction.
  virtual void Save(Database& database) = 0;

  // The transaction is committed: what Save() wrote is pending no more. Else
  // Save() comes again, for the same rows.
  virtual void OnSaved() {}

  // Deletes at most `limit` rows that are older than is kept, and returns how
  // many; inside a transaction. 0 days: rows are kept forever.
  virtual int64_t DeleteOld(Database& /*database*/, int64_t /*now_s*/,
                            int64_t /*retention_days*/, int64_t /*limit*/) {
    return 0;
  }
};

// A module that has such tables.
class TableOwner {
 public:
  virtual ~TableOwner() = default;

  // nullptr for none. Asked once, after AddOptions() and before Open().
  virtual StoredTables* stored_tables() = 0;
};

// The module that keeps the database.
class TableKeeper {
 public:
  virtual ~TableKeeper() = default;

  // The tables of all modules, before Open(); they live until after Stop().
  virtual void SetStoredTables(const std::vector<StoredTables*>& tables) = 0;
};

}  // namespace ntm
