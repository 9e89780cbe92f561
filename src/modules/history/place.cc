#include "place.h"

#include <fcntl.h>
#include <spdlog/spdlog.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <system_error>

#include "schema.h"
#include "store.h"
#include "utc_time.h"

namespace ntm::history {
namespace {

constexpr char kFileName[] = "history.db";
constexpr mode_t kLockMode = 0640;

std::string Variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

// Touches the last pages of the tables: SQLite finds most damage
// there, and the rest when it comes upon it.
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
  // systemd separates several by colons.
  const std::string state = Variable("STATE_DIRECTORY");
  if (!state.empty()) return state.substr(0, state.find(':')) + "/" + kFileName;
  if (geteuid() == 0) return std::string("/var/lib/ntm/") + kFileName;
  const std::string home = Variable("XDG_STATE_HOME");
  if (!home.empty()) return home + "/ntm/" + kFileName;
  if (Variable("HOME").empty()) return "";
  return Variable("HOME") + "/.local/state/ntm/" + kFileName;
}

void MakeFolderOf(const std::string& path) {
  const std::filesystem::path folder =
      std::filesystem::path(path).parent_path();
  if (folder.empty()) return;
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (!error) return;
  throw Error("cannot make the folder of the database " + path + ": " +
              error.message() +
              "; name a place that can be written with --database");
}

OwnerLock::OwnerLock(const std::string& path) {
  const std::string name = path + ".lock";
  file_ = open(name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, kLockMode);
  if (file_ < 0) {
    throw Error("cannot lock the database " + path + ": " + name + ": " +
                std::strerror(errno) +
                "; name one that can be written with --database");
  }
  is_taken_ = flock(file_, LOCK_EX | LOCK_NB) != 0;
}

OwnerLock::~OwnerLock() { close(file_); }

std::unique_ptr<Database> OpenOwned(const std::string& path) {
  try {
    return OpenMigrated(path);
  } catch (const DatabaseError& error) {
    if (error.fault() != Fault::kCorrupt) throw;
    spdlog::error("{}; it is now {}, and a new one is begun", error.what(),
                  SetAside(path, "corrupt"));
  }
  return OpenMigrated(path);
}

std::string SetAside(const std::string& path, const std::string& why) {
  const std::string stem = path + "." + why + "-" + FileText(NowSeconds());
  std::string name = stem;
  for (int i = 2; std::filesystem::exists(name); ++i) {
    name = stem + "-" + std::to_string(i);
  }
  std::error_code error;
  std::filesystem::rename(path, name, error);
  if (error) {
    throw Error("cannot rename " + path + " to " + name + ": " +
                error.message() + "; remove it, or name another --database");
  }
  std::filesystem::rename(path + "-wal", name + "-wal", error);
  std::filesystem::remove(path + "-shm", error);
  return name;
}

}  // namespace ntm::history
