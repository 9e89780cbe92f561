#include "rights.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <memory>

#include "ntm/base/error.h"
#include "ntm/base/kept_file.h"
#include "ntm/base/state_directory.h"
#include "ntm/exposition/family.h"
#include "ntm/savefile/file_series.h"

namespace ntm {
namespace {

struct CloseFolder {
  void operator()(DIR* folder) const { closedir(folder); }
};

// Changes the owner of a file or folder of root, or of nobody, as whom earlier
// versions ran. Follows no link, and skips files with a second name, which may
// belong to another user.
void Give(int folder, const char* name, const UserIds& user) {
  const int file = openat(folder, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
  if (file < 0) return;
  struct stat status = {};
  const bool is_ours = fstat(file, &status) == 0 &&
                       (status.st_uid == 0 || status.st_uid == NobodyUid()) &&
                       (S_ISDIR(status.st_mode) ||
                        (S_ISREG(status.st_mode) && status.st_nlink == 1));
  if (is_ours && fchownat(file, "", user.uid, user.gid, AT_EMPTY_PATH) != 0) {
    spdlog::warn("{} cannot be given to {}: {}", name, user.name,
                 std::strerror(errno));
  }
  close(file);
}

// Changes the owner of a folder and of everything in it; the folder is then for
// that user only. Skips a folder that others can replace.
void GiveFolder(const std::string& named, const UserIds& user) {
  const KeptPlace place(named);
  if (!place.is_certain()) return;
  std::error_code none;
  const std::string path =
      place.follows_links()
          ? std::filesystem::canonical(place.path(), none).string()
          : place.path();
  const int folder =
      open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  const std::unique_ptr<DIR, CloseFolder> entries(
      folder < 0 ? nullptr : fdopendir(folder));
  if (entries == nullptr) return;
  struct stat before = {};
  struct stat after = {};
  const bool is_seen = fstat(folder, &before) == 0;
  Give(AT_FDCWD, path.c_str(), user);
  if (is_seen && fstat(folder, &after) == 0 && before.st_uid != after.st_uid) {
    fchmod(folder, kKeptFolderMode);
  }
  while (const dirent* entry = readdir(entries.get())) {
    const std::string name = entry->d_name;
    if (name != "." && name != "..") Give(folder, name.c_str(), user);
  }
}

// Also for the files that SQLite keeps beside a database. In a folder that
// others can write, ntm created nothing as root.
void GiveFile(const std::string& path, const UserIds& user) {
  for (const char* suffix : {"", "-wal", "-shm", ".lock"}) {
    const KeptPlace place(path + suffix);
    if (!place.follows_links()) continue;
    Give(AT_FDCWD, place.path().c_str(), user);
  }
}

}  // namespace

void KeepFilesAsUserOf(const Options& options) {
  if (geteuid() != 0) return;
  const UserIds user = FindUser(options.user);
  if (user.uid != 0) KeepFilesAs(user.uid, user.gid);
}

Rights::Rights(const Options& options) : options_(options) {
  if (options.sandbox == SandboxMode::kOff) return;
  if (geteuid() == 0) {
    user_ = FindUser(options.user);
    if (user_->uid == 0) user_.reset();
  } else if (!options.user.empty()) {
    throw Error(
        "--user: only root can become another user; start it as root, "
        "or leave this out",
        kExitUsage);
  }
}

void Rights::Prepare(const std::vector<std::string>& written) {
  for (const std::string& path : written) {
    std::string folder = FolderOfFile(path);
    for (; folder != "/" && !FileExists(folder);
         folder = FolderOfFile(folder)) {
      made_folders_.push_back(folder);
    }
  }
  state_folder_ = StateDirectory();
  if (!user_ || state_folder_.empty()) return;
  // The state directory must not change with the user.
  setenv("STATE_DIRECTORY", state_folder_.c_str(), 1);
  // SQLite's default is a folder that everybody can write.
  setenv("SQLITE_TMPDIR", state_folder_.c_str(), 1);
  KeptPlace(state_folder_ + "/history.db").MakeFolder();
  GiveFolder(state_folder_, *user_);
}

void Rights::Drop(const std::vector<std::string>& written,
                  const std::vector<std::string>& read, bool keeps_net_admin) {
  state_.uid = geteuid();
  if (options_.sandbox == SandboxMode::kOff) {
    state_.capabilities = "kept";
    return;
  }
  GiveWhatWasOpened(written);
  SandboxSettings settings = Settings(written);
  settings.keeps_net_admin = keeps_net_admin;
  state_ = EnterSandbox(settings);
  spdlog::info("sandbox: uid {}, capabilities {}, system calls {}, Landlock {}",
               state_.uid,
               state_.capabilities.empty() ? "none" : state_.capabilities,
               state_.seccomp ? "filtered" : "not filtered",
               state_.landlock != 0 ? "in force" : "not in force");
  if (user_ && user_->uid == NobodyUid() && !state_folder_.empty()) {
    spdlog::warn(
        "the files in {} belong to {}, so every program that runs as this user "
        "can change them; create a user ntm, or name another with --user",
        state_folder_, user_->name);
  }
  for (const std::string& path : written) {
    if (access(FolderOfFile(path).c_str(), W_OK) == 0) continue;
    spdlog::warn(
        "{} stays open, but its directory is not writable for uid {}: no file "
        "can be created there; make that user its owner",
        path, state_.uid);
  }
  for (const std::string& path : read) {
    if (access(path.c_str(), R_OK) == 0) continue;
    spdlog::warn(
        "{} cannot be read again by uid {} ({}): a reload would fail; "
        "allow that user or its group to read it",
        path, state_.uid, std::strerror(errno));
  }
}

void Rights::DropForFile(const std::vector<std::string>& written) {
  if (options_.sandbox == SandboxMode::kOff) return;
  GiveWhatWasOpened(written);
  SandboxSettings settings = Settings(written);
  settings.keeps_net_raw = false;
  settings.quiet = true;
  state_ = EnterSandbox(settings);
}

// Still runs as root.
void Rights::GiveWhatWasOpened(const std::vector<std::string>& written) const {
  if (!user_) return;
  if (!state_folder_.empty()) GiveFolder(state_folder_, *user_);
  for (const std::string& path : made_folders_) {
    if (!KeptPlace(path).follows_links()) continue;
    Give(AT_FDCWD, path.c_str(), *user_);
  }
  for (const std::string& path : written) GiveFile(path, *user_);
  if (!options_.log_file.path.empty()) {
    GiveFile(options_.log_file.path, *user_);
  }
}

SandboxSettings Rights::Settings(
    const std::vector<std::string>& written) const {
  SandboxSettings settings;
  settings.mode = options_.sandbox;
  settings.user = user_;
  settings.writable = WritableFolders(written);
  settings.readable = ReadablePaths();
  return settings;
}

std::vector<std::string> Rights::WritableFolders(
    const std::vector<std::string>& written) const {
  std::vector<std::string> folders;
  if (!state_folder_.empty()) folders.push_back(state_folder_);
  for (const std::string& path : written) folders.push_back(FolderOfFile(path));
  if (!options_.log_file.path.empty()) {
    folders.push_back(FolderOfFile(options_.log_file.path));
  }
  return folders;
}

// Includes the folder of each file, because a replaced file is a new one.
std::vector<std::string> Rights::ReadablePaths() const {
  std::vector<std::string> paths;
  for (const std::string& path : options_.paths) {
    paths.push_back(path);
    std::error_code none;
    if (!std::filesystem::is_directory(path, none)) {
      paths.push_back(FolderOfFile(path));
    }
  }
  if (options_.follow) {
    paths.push_back(FileSeries::FolderOf(options_.read_paths.front()));
  }
  return paths;
}

prometheus::MetricFamily Rights::Family() const {
  auto family =
      GaugeFamily("ntm_sandbox_info", "The rights that this process has left.");
  AddSample(&family,
            {{"capabilities", state_.capabilities},
             {"landlock", std::to_string(state_.landlock)},
             {"seccomp", state_.seccomp ? "1" : "0"},
             {"uid", std::to_string(state_.uid)}},
            1);
  return family;
}

}  // namespace ntm
