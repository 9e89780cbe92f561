#include "ntm/base/database.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sqlite3.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "ntm/base/kept_file.h"

namespace ntm {
namespace {

constexpr int kBusyTimeoutMs = 5000;
constexpr uint64_t kPageBytes = 4096;
// Added to every page in the write-ahead log.
constexpr uint64_t kFrameHeaderBytes = 24;
// journal_size_limit: the log file is truncated to this after a checkpoint.
constexpr char kWriterPragmas[] =
    "PRAGMA journal_mode = WAL;"
    "PRAGMA synchronous = FULL;"
    "PRAGMA wal_autocheckpoint = 0;"
    "PRAGMA journal_size_limit = 4194304;";

bool IsNoSpace(int error) { return error == ENOSPC || error == EDQUOT; }

// SQLite may report "disk I/O error" when a file cannot grow, for example on a
// small tmpfs, and sqlite3_system_errno() may belong to an earlier call. So
// the free space is checked as well.
bool IsFull(sqlite3* handle, const std::string& path) {
  const int code = sqlite3_errcode(handle) & 0xff;
  if (code != SQLITE_IOERR && code != SQLITE_CANTOPEN) return false;
  if (IsNoSpace(sqlite3_system_errno(handle))) return true;
  struct statvfs disk {};
  return statvfs(path.c_str(), &disk) == 0 &&
         (disk.f_bavail == 0 || (disk.f_files != 0 && disk.f_favail == 0));
}

Fault FaultOf(int code, int system_error) {
  switch (code & 0xff) {
    case SQLITE_FULL:
    case SQLITE_IOERR:
      return Fault::kFull;
    case SQLITE_CANTOPEN:
      return IsNoSpace(system_error) ? Fault::kFull : Fault::kOther;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return Fault::kCorrupt;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return Fault::kBusy;
    default:
      return Fault::kOther;
  }
}

Fault FaultOf(sqlite3* handle) {
  return FaultOf(sqlite3_errcode(handle), sqlite3_system_errno(handle));
}

// SQLite would create the file with the mode of the umask. It gives the log and
// its index the mode of the file.
void MakeFile(const KeptPlace& place, const std::string& path, int flags) {
  const int file = place.Open(O_RDWR | O_CREAT | flags);
  if (file < 0) {
    const int error = errno;
    if (error == EEXIST && (flags & O_EXCL) != 0) return;
    throw DatabaseError("cannot open the database " + path + ": " +
                            std::strerror(error) +
                            "; name a writable file with --database, or use "
                            "--no-database",
                        IsNoSpace(error) ? Fault::kFull : Fault::kOther);
  }
  if ((flags & O_EXCL) != 0) fchmod(file, kKeptFileMode);
  close(file);
}

// Only the database file needs the flag: SQLite never follows symbolic links to
// its log or index.
int LinkFlag(const KeptPlace& place) {
  return place.follows_links() ? 0 : SQLITE_OPEN_NOFOLLOW;
}

}  // namespace

Database::Database(const std::string& path, OpenMode mode) : path_(path) {
  const bool writes = mode == OpenMode::kWrite;
  const KeptPlace place(path);
  const std::string name = place.path();
  if (writes) {
    MakeFile(place, path, O_EXCL);
    MakeFile(place, path, 0);
  } else if (!place.IsFit()) {
    throw DatabaseError("cannot open the database " + path + ": " +
                            std::strerror(errno) +
                            "; name the file itself, not a link to it",
                        Fault::kOther);
  }
  try {
    Open(name, LinkFlag(place) |
                   (writes ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY));
    if (writes) SetUpWriter();
    schema_version();
  } catch (const DatabaseError&) {
    sqlite3_close_v2(std::exchange(handle_, nullptr));
    // A user without write permission cannot create the index of the log.
    // Without a log none is needed: the file can be opened as immutable.
    if (writes || FileExists(name + "-wal")) throw;
    OpenImmutable(name, LinkFlag(place));
  }
}

void Database::Open(const std::string& name, int flags) {
  if (sqlite3_open_v2(name.c_str(), &handle_, flags | SQLITE_OPEN_NOMUTEX,
                      nullptr) != SQLITE_OK) {
    Fail("cannot open");
  }
  sqlite3_extended_result_codes(handle_, 1);
  sqlite3_busy_timeout(handle_, kBusyTimeoutMs);
}

void Database::SetUpWriter() {
  Execute(kWriterPragmas);
  sqlite3_wal_hook(
      handle_,
      [](void* self, sqlite3*, const char*, int pages) {
        static_cast<Database*>(self)->OnCommit(pages);
        return SQLITE_OK;
      },
      this);
}

void Database::OpenImmutable(const std::string& path, int flags) {
  std::string name = "file:";
  for (const char c : path) {
    const bool is_special = c == '%' || c == '?' || c == '#';
    name += is_special ? fmt::format("%{:02x}", c) : std::string(1, c);
  }
  try {
    Open(name + "?immutable=1", flags | SQLITE_OPEN_READONLY | SQLITE_OPEN_URI);
    schema_version();
  } catch (const DatabaseError&) {
    sqlite3_close_v2(std::exchange(handle_, nullptr));
    throw;
  }
}

Database::~Database() { sqlite3_close_v2(handle_); }

void Database::Fail(const std::string& what) const {
  const bool is_full = IsFull(handle_, path_);
  throw DatabaseError(what + " the database " + path_ + ": " +
                          (is_full ? "the disk is full; free some space on it"
                                   : sqlite3_errmsg(handle_)),
                      is_full ? Fault::kFull : FaultOf(handle_));
}

void Database::Execute(const std::string& sql) {
  if (sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr) !=
      SQLITE_OK) {
    Fail("cannot write to");
  }
}

int64_t Database::schema_version() {
  Statement statement(*this, "PRAGMA user_version");
  return statement.Step() ? statement.Integer(0) : 0;
}

std::string Database::CheckIntegrity() {
  Statement statement(*this, "PRAGMA integrity_check(1)");
  const std::string answer = statement.Step() ? statement.Text(0) : "";
  return answer == "ok" ? "" : answer;
}

int64_t Database::changes() const noexcept {
  return sqlite3_changes64(handle_);
}

void Database::BackUpTo(const std::string& path) {
  const KeptPlace place(path);
  const std::string name = place.path();
  if (FileExists(name)) {
    throw Error(path + " already exists; name a new file");
  }
  MakeFile(place, path, O_EXCL);
  sqlite3* target = nullptr;
  int result = sqlite3_open_v2(
      name.c_str(), &target,
      LinkFlag(place) | SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
  if (result == SQLITE_OK) {
    sqlite3_backup* backup =
        sqlite3_backup_init(target, "main", handle_, "main");
    if (backup != nullptr) {
      // All pages in one step, for a consistent snapshot.
      sqlite3_backup_step(backup, -1);
      sqlite3_backup_finish(backup);
    }
    result = sqlite3_errcode(target);
  }
  if (result == SQLITE_OK) {
    // The copy is to be one file, without a write-ahead log.
    result = sqlite3_exec(target, "PRAGMA journal_mode = DELETE", nullptr,
                          nullptr, nullptr);
  }
  const std::string why = sqlite3_errmsg(target);
  sqlite3_close(target);
  if (result == SQLITE_OK) return;
  unlink(name.c_str());
  throw DatabaseError("cannot write a copy of the database to " + path + ": " +
                          why + "; name a folder with enough free space",
                      FaultOf(result, 0));
}

void Database::OnCommit(int log_pages) noexcept {
  if (log_pages < log_pages_) copied_pages_ = 0;  // the log was restarted
  log_pages_ = log_pages;
}

void Database::Checkpoint(int pages) {
  if (log_pages_ < pages) return;
  int in_log = 0;
  int copied = 0;
  const int result = sqlite3_wal_checkpoint_v2(
      handle_, nullptr, SQLITE_CHECKPOINT_PASSIVE, &in_log, &copied);
  if (result != SQLITE_OK && FaultOf(handle_) != Fault::kBusy) {
    Fail("cannot checkpoint");
  }
  if (copied <= copied_pages_) return;
  copied_bytes_ += static_cast<uint64_t>(copied - copied_pages_) * kPageBytes;
  copied_pages_ = copied;
}

uint64_t Database::written_bytes() {
  int pages = 0;
  int unused = 0;
  sqlite3_db_status(handle_, SQLITE_DBSTATUS_CACHE_WRITE, &pages, &unused, 0);
  return static_cast<uint64_t>(pages) * (kPageBytes + kFrameHeaderBytes) +
         copied_bytes_;
}

Statement::Statement(Database& database, std::string_view sql)
    : database_(database) {
  Check(sqlite3_prepare_v2(database.handle_, sql.data(),
                           static_cast<int>(sql.size()), &handle_, nullptr));
}

Statement::~Statement() { sqlite3_finalize(handle_); }

bool Statement::Step() {
  const int result = sqlite3_step(handle_);
  if (result == SQLITE_ROW) return true;
  if (result != SQLITE_DONE) database_.Fail("cannot use");
  return false;
}

int64_t Statement::Integer(int column) const {
  return sqlite3_column_int64(handle_, column);
}

double Statement::Real(int column) const {
  return sqlite3_column_double(handle_, column);
}

std::string Statement::Text(int column) const {
  const auto* text = sqlite3_column_text(handle_, column);
  if (text == nullptr) return "";
  return {static_cast<const char*>(static_cast<const void*>(text)),
          static_cast<size_t>(sqlite3_column_bytes(handle_, column))};
}

bool Statement::IsNull(int column) const {
  return sqlite3_column_type(handle_, column) == SQLITE_NULL;
}

void Statement::Reset() { sqlite3_reset(handle_); }

void Statement::BindOne(int index, int64_t value) {
  Check(sqlite3_bind_int64(handle_, index, value));
}

void Statement::BindOne(int index, double value) {
  Check(sqlite3_bind_double(handle_, index, value));
}

void Statement::BindOne(int index, const std::string& value) {
  Check(sqlite3_bind_text(handle_, index, value.data(),
                          static_cast<int>(value.size()), SQLITE_TRANSIENT));
}

void Statement::BindOne(int index, const std::optional<double>& value) {
  Check(value ? sqlite3_bind_double(handle_, index, *value)
              : sqlite3_bind_null(handle_, index));
}

void Statement::Check(int result) const {
  if (result != SQLITE_OK) database_.Fail("cannot use");
}

Transaction::Transaction(Database& database) : database_(database) {
  database_.Execute("BEGIN IMMEDIATE");
}

Transaction::~Transaction() {
  if (committed_) return;
  try {
    database_.Execute("ROLLBACK");
  } catch (const DatabaseError&) {  // SQLite has already rolled back
  }
}

void Transaction::Commit() {
  database_.Execute("COMMIT");
  committed_ = true;
}

}  // namespace ntm
