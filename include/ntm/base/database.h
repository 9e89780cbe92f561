// A thin, typed layer over one SQLite database file.
//
// Shape    Database is one connection, Statement one prepared statement of it,
//          Transaction a scope that rolls back unless it is committed.
// Threads  one thread at a time per connection; several connections to one
//          file may be used at once (WAL: readers never wait for the writer).
// Errors   DatabaseError, whose fault() tells what can be done about it.
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
  kFull,     // no room on the disk, or an I/O error of it
  kCorrupt,  // no database, or a damaged one
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
  kWrite,     // made, with mode 0600, if there is none; WAL
};

class Database {
 public:
  Database(const std::string& path, OpenMode mode);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  const std::string& path() const noexcept { return path_; }

  // Runs one or more statements that give no rows.
  void Execute(const std::string& sql);

  // PRAGMA user_version.
  int64_t schema_version();

  // Returns "" iff every page is sound, else the first complaint.
  std::string CheckIntegrity();

  // Rows that the last statement changed.
  int64_t changes() const noexcept;

  // Copies the whole database, as it is at one instant, into a new file of mode
  // 0600. REQUIRES: nothing at `path`.
  void BackUpTo(const std::string& path);

  // Copies the log into the file iff it has `pages` or more, without waiting
  // for readers.
  void Checkpoint(int pages);

  // Bytes handed to the disk by this connection: pages into the log, and those
  // copied from there into the file (each once per copy, as an upper bound).
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
  int log_pages_ = 0;     // in the log after the last commit
  int copied_pages_ = 0;  // of these, into the file
  uint64_t copied_bytes_ = 0;
};

class Statement {
 public:
  Statement(Database& database, std::string_view sql);
  ~Statement();
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  // Binds the parameters from the first on; an absent one is NULL.
  template <typename... Values>
  Statement& Bind(const Values&... values) {
    Rewind();
    int index = 0;
    (BindOne(++index, values), ...);
    return *this;
  }

  // Returns true iff there is a row; its columns are valid until the next call.
  bool Step();

  // Binds, runs to the end and begins anew.
  template <typename... Values>
  void Run(const Values&... values) {
    Bind(values...);
    while (Step()) {
    }
    Rewind();
  }

  int64_t Integer(int column) const;
  double Real(int column) const;
  std::string Text(int column) const;
  bool IsNull(int column) const;

 private:
  void Rewind();
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
