// A thin, typed layer over one SQLite database file.
//
// Shape    Database is one connection, Statement one prepared statement of it,
//          Transaction a scope that rolls back unless it is committed.
// Threads  one thread at a time per connection; several connections to one
//          file may be used at once (WAL: readers never wait for the writer).
// Errors   DatabaseError; fault() says which kind of remedy can help.
// Source   https://www.sqlite.org/c3ref/intro.html
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "ntm/base/error.h"

struct sqlite3;
struct sqlite3_stmt;

namespace ntm {

enum class Fault : uint8_t {
  kOther,
  kFull,     // no space on the disk, or an I/O error
  kCorrupt,  // not a database, or a damaged one
  kBusy,
};

class DatabaseError : public Error {
 public:
  DatabaseError(const std::string& what, Fault fault)
      : Error(what), fault_(fault) {}
  Fault fault() const noexcept { return fault_; }

 private:
  Fault fault_;
};

enum class OpenMode : uint8_t {
  kReadOnly,  // the file must exist
  kWrite,     // created, with mode 0600, if it does not exist; WAL
};

class Database {
 public:
  Database(const std::string& path, OpenMode mode);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  const std::string& path() const noexcept { return path_; }

  // Runs one or more statements that return no rows.
  void Execute(const std::string& sql);

  // PRAGMA user_version.
  int64_t schema_version();

  // Returns "" iff the file is intact, else the first error found.
  std::string CheckIntegrity();

  // Number of rows changed by the last statement.
  int64_t changes() const noexcept;

  // Copies a consistent snapshot of the database into a new file of mode 0600.
  // Throws Error if `path` exists.
  void BackUpTo(const std::string& path);

  // Runs a passive checkpoint, which does not wait for readers, iff the
  // write-ahead log has at least `pages` pages.
  void Checkpoint(int pages);

  // Bytes that this connection has written: pages appended to the write-ahead
  // log, and pages copied from it into the file (an upper bound).
  uint64_t written_bytes();

 private:
  friend class Statement;

  void Open(const std::string& name, int flags);
  void OpenImmutable(const std::string& path, int flags);
  void SetUpWriter();
  void OnCommit(int log_pages) noexcept;
  [[noreturn]] void Fail(const std::string& what) const;

  std::string path_;
  sqlite3* handle_ = nullptr;
  int log_pages_ = 0;     // in the write-ahead log after the last commit
  int copied_pages_ = 0;  // of these, already copied into the file
  uint64_t copied_bytes_ = 0;
};

class Statement {
 public:
  Statement(Database& database, std::string_view sql);
  ~Statement();
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  // Resets the statement and binds its parameters in order; std::nullopt binds
  // NULL.
  template <typename... Values>
  Statement& Bind(const Values&... values) {
    Reset();
    int index = 0;
    (BindOne(++index, values), ...);
    return *this;
  }

  // Fetches the next row; returns false if there is none. The columns are valid
  // until the next call.
  bool Step();

  // Binds, runs the statement to its end and resets it.
  template <typename... Values>
  void Run(const Values&... values) {
    Bind(values...);
    while (Step()) {
    }
    Reset();
  }

  int64_t Integer(int column) const;
  double Real(int column) const;
  std::string Text(int column) const;
  bool IsNull(int column) const;

 private:
  void Reset();
  void BindOne(int index, int64_t value);
  void BindOne(int index, double value);
  void BindOne(int index, const std::string& value);
  void BindOne(int index, const std::optional<double>& value);
  void Check(int result) const;

  Database& database_;
  sqlite3_stmt* handle_ = nullptr;
};

class Transaction {
 public:
  explicit Transaction(Database& database);
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  void Commit();

 private:
  Database& database_;
  bool committed_ = false;
};

}  // namespace ntm
