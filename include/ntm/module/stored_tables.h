// The interface by which a module keeps tables of its own in the history's
// database.
//
// Shape    the history opens the file, creates the tables, and writes the rows
//          of all modules in one transaction a minute. Without a database
//          nothing here is called. A module works from memory; its responses
//          include rows that are not yet written.
// Threads  Load() on the main thread, possibly before the module's Open(), or
//          on the database thread if the file is opened later or again; the
//          rest on the database thread. A module locks the data that these
//          share with its ticks and handlers.
// Errors   a DatabaseError means that the database failed; the whole
//          transaction is retried. Any other exception is logged, and only this
//          module's rows are left out.
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

  // The module's name; the version of its tables is stored under it.
  virtual std::string_view name() const noexcept = 0;

  // Element n is the SQL that migrates version n to n + 1; a new file has 0.
  virtual std::vector<std::string> Migrations() const = 0;

  // Called each time the file is opened, after the migrations: reads what the
  // module needs after a restart. A module that answers requests from its
  // tables may keep database.path() and open a Database of its own.
  virtual void Load(Database& /*database*/) {}

  // Writes the pending rows, inside a transaction.
  virtual void Save(Database& database) = 0;

  // Called after the commit: the rows of Save() are no longer pending. Without
  // this call Save() must write the same rows again.
  virtual void OnSaved() {}

  // Deletes at most `limit` rows that are older than the retention, inside a
  // transaction, and returns how many. 0 days: rows are kept forever.
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
