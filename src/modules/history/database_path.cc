#include "database_path.h"

#include <fcntl.h>
#include <spdlog/spdlog.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "ntm/base/kept_file.h"
#include "ntm/base/state_directory.h"
#include "schema.h"
#include "store.h"
#include "utc_time.h"

namespace ntm::history {
namespace {

constexpr char kFileName[] = "history.db";

// Reads the last pages of the tables, where SQLite finds most damage. Other
// damage is found when the pages are used.
void RequireReadable(Database* database) {
  const int64_t now_s = NowSeconds();
  ReadNewestStats(1, now_s, database);
  for (const auto& [source, last] : ReadSources(database)) {
    ReadOpenMinutes(source, now_s, database);
  }
}

std::unique_ptr<Database> OpenMigrated(const std::string& path) {
  auto database = std::make_unique<Database>(path, OpenMode::kWrite);
  Migrate(*database);
  RequireReadable(database.get());
  return database;
}

}  // namespace

std::string DefaultPath() {
  const std::string folder = StateDirectory();
  return folder.empty() ? "" : folder + "/" + kFileName;
}

void MakeFolderOf(const std::string& path) {
  if (KeptPlace(path).MakeFolder()) return;
  throw Error("cannot create the directory of the database " + path + ": " +
              std::strerror(errno) +
              "; set --database to a path that ntm can write to");
}

OwnerLock::OwnerLock(const std::string& path) {
  const std::string name = path + ".lock";
  file_ = KeptPlace(name).Open(O_RDWR | O_CREAT);
  if (file_ < 0) {
    throw Error("cannot lock the database " + path + ": " + name + ": " +
                std::strerror(errno) +
                "; set --database to a path that ntm can write to");
  }
  is_taken_ = flock(file_, LOCK_EX | LOCK_NB) != 0;
}

OwnerLock::~OwnerLock() { close(file_); }

std::unique_ptr<Database> OpenOwned(const std::string& path) {
  try {
    return OpenMigrated(path);
  } catch (const DatabaseError& error) {
    if (error.fault() != Fault::kCorrupt) throw;
    spdlog::error("{}; it was renamed to {}, and a new database is created",
                  error.what(), SetAside(path, "corrupt"));
  }
  return OpenMigrated(path);
}

std::string SetAside(const std::string& path, const std::string& why) {
  const KeptPlace place(path);
  const std::string from = place.path();
  const std::string suffix = "." + why + "-" + FileText(NowSeconds());
  std::string ending = suffix;
  for (int i = 2; FileExists(from + ending); ++i) {
    ending = suffix + "-" + std::to_string(i);
  }
  if (std::rename(from.c_str(), (from + ending).c_str()) != 0) {
    throw Error("cannot rename " + path + " to " + path + ending + ": " +
                std::strerror(errno) +
                "; remove it, or set another --database");
  }
  std::rename((from + "-wal").c_str(), (from + ending + "-wal").c_str());
  unlink((from + "-shm").c_str());
  return path + ending;
}

}  // namespace ntm::history
