#include "ntm/base/kept_file.h"

#include <cap-ng.h>
#include <fcntl.h>
#include <sys/fsuid.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <climits>
#include <deque>
#include <filesystem>
#include <system_error>

namespace ntm {
namespace {

constexpr uint64_t kNoKeeper = UINT64_MAX;
constexpr int kMostLinks = 40;

// uid and gid in one word, so that both change at once.
std::atomic<uint64_t> keeper{kNoKeeper};

uid_t KeeperUid() { return static_cast<uid_t>(keeper.load() >> 32); }
gid_t KeeperGid() { return static_cast<gid_t>(keeper.load()); }
bool HasKeeper() { return keeper.load() != kNoKeeper; }

bool IsOwn(uid_t uid) { return uid == 0 || uid == geteuid(); }

bool IsSticky(const struct stat& folder) {
  return IsOwn(folder.st_uid) && (folder.st_mode & S_ISVTX) != 0;
}

// Puts the components of `path` in front of `rest`, without "." and "/".
void PutFirst(const std::filesystem::path& path,
              std::deque<std::string>* rest) {
  std::deque<std::string> names;
  for (const auto& part : path) {
    const std::string name = part.string();
    if (!name.empty() && name != "." && name != "/") names.push_back(name);
  }
  rest->insert(rest->begin(), names.begin(), names.end());
}

std::string Below(const std::string& folder, const std::string& name) {
  return (folder == "/" ? "" : folder) + "/" + name;
}

// The raw system call: the C library's setgroups() changes all threads.
#ifdef SYS_setgroups32
constexpr long kSetGroups = SYS_setgroups32;
#else
constexpr long kSetGroups = SYS_setgroups;
#endif

// setfsuid() to a user other than root drops the file capabilities; this raises
// CAP_DAC_READ_SEARCH again.
void RaiseRightToRead() {
  if (capng_get_caps_process() == 0 &&
      capng_have_capability(CAPNG_PERMITTED, CAP_DAC_READ_SEARCH) != 0 &&
      capng_update(CAPNG_ADD, CAPNG_EFFECTIVE, CAP_DAC_READ_SEARCH) == 0) {
    capng_apply(CAPNG_SELECT_CAPS);
  }
}

}  // namespace

void KeepFilesAs(uid_t uid, gid_t gid) {
  keeper.store(uint64_t{uid} << 32 | gid);
}

class KeptPlace::Identity {
 public:
  Identity(uid_t uid, gid_t gid)
      : is_dumpable_(prctl(PR_GET_DUMPABLE, 0, 0, 0, 0)) {
    groups_.resize(static_cast<size_t>(std::max(getgroups(0, nullptr), 0)));
    const int count =
        getgroups(static_cast<int>(groups_.size()), groups_.data());
    groups_.resize(static_cast<size_t>(std::max(count, 0)));
    has_no_groups_ = syscall(kSetGroups, 0, nullptr) == 0;
    gid_ = static_cast<gid_t>(setfsgid(gid));
    uid_ = static_cast<uid_t>(setfsuid(uid));
    RaiseRightToRead();
  }
  ~Identity() {
    const int error = errno;
    setfsuid(uid_);
    setfsgid(gid_);
    if (has_no_groups_) syscall(kSetGroups, groups_.size(), groups_.data());
    if (is_dumpable_ == 1) prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
    errno = error;
  }
  Identity(const Identity&) = delete;
  Identity& operator=(const Identity&) = delete;

 private:
  int is_dumpable_;
  std::vector<gid_t> groups_;
  bool has_no_groups_ = false;
  uid_t uid_ = 0;
  gid_t gid_ = 0;
};

KeptPlace::KeptPlace(const std::string& path) {
  Judge(path);
  const bool acts_as_other =
      !follows_links_ && geteuid() == 0 && decider_ && decider_->uid != 0;
  if (acts_as_other) {
    identity_ = std::make_unique<Identity>(decider_->uid, decider_->gid);
  }
}

KeptPlace::~KeptPlace() = default;

// Group write permission counts only for the group of KeepFilesAs(): root may
// trust any other group that it gives access to.
std::optional<KeptPlace::Decider> KeptPlace::DeciderOf(
    const struct stat& folder, const struct stat* entry) {
  if (!IsOwn(folder.st_uid)) return Decider{folder.st_uid, folder.st_gid};
  const bool by_group = (folder.st_mode & S_IWGRP) != 0 && HasKeeper() &&
                        folder.st_gid == KeeperGid();
  if ((folder.st_mode & S_IWOTH) == 0 && !by_group) return std::nullopt;
  // In a sticky folder only the owner of an entry can replace it.
  if (entry != nullptr && IsSticky(folder)) {
    if (IsOwn(entry->st_uid)) return std::nullopt;
    return Decider{entry->st_uid, entry->st_gid};
  }
  return HasKeeper() ? Decider{KeeperUid(), KeeperGid()}
                     : Decider{folder.st_uid, folder.st_gid};
}

void KeptPlace::Judge(const std::string& path) {
  std::error_code error;
  std::filesystem::path whole = std::filesystem::absolute(path, error);
  if (error) whole = path;
  name_ = whole.filename().string();
  std::deque<std::string> rest;
  PutFirst(whole.parent_path(), &rest);
  lstat("/", &owner_);
  for (int links = 0; !rest.empty();) {
    const std::string next = Below(folder_, rest.front());
    struct stat status = {};
    if (lstat(next.c_str(), &status) != 0) {
      missing_.assign(rest.begin(), rest.end());
      break;
    }
    if (!decider_) decider_ = DeciderOf(owner_, &status);
    rest.pop_front();
    if (!S_ISLNK(status.st_mode)) {
      const auto name = std::filesystem::path(next).filename();
      folder_ = name == ".."
                    ? std::filesystem::path(folder_).parent_path().string()
                    : next;
      stat(folder_.c_str(), &owner_);
      continue;
    }
    std::array<char, PATH_MAX> target{};
    const ssize_t size = readlink(next.c_str(), target.data(), target.size());
    if (size <= 0 || ++links > kMostLinks) {
      // The path leads nowhere; every later system call will fail.
      rest.push_front(std::filesystem::path(next).filename().string());
      missing_.assign(rest.begin(), rest.end());
      break;
    }
    const std::filesystem::path to(
        std::string(target.data(), static_cast<size_t>(size)));
    PutFirst(to, &rest);
    if (to.is_absolute()) {
      folder_ = "/";
      lstat("/", &owner_);
    }
  }
  struct stat entry = {};
  // A regular file does not count: another user may have hard-linked it there.
  const bool is_own_entry = missing_.empty() &&
                            lstat(this->path().c_str(), &entry) == 0 &&
                            !S_ISREG(entry.st_mode) && IsOwn(entry.st_uid);
  const bool others_lead_here = decider_.has_value();
  if (!decider_) decider_ = DeciderOf(owner_, nullptr);
  is_certain_ = !decider_ || (!others_lead_here && IsSticky(owner_));
  follows_links_ = !decider_ || (is_certain_ && is_own_entry);
}

std::string KeptPlace::path() const {
  std::string folder = folder_;
  for (const std::string& name : missing_) folder = Below(folder, name);
  return Below(folder, name_);
}

bool KeptPlace::MakeFolder() const {
  std::string folder = folder_;
  for (const std::string& name : missing_) {
    folder = Below(folder, name);
    if (mkdir(folder.c_str(), kKeptFolderMode) != 0 && errno != EEXIST) {
      return false;
    }
  }
  return true;
}

bool KeptPlace::IsFit(const struct stat& status, bool also_pipes) const {
  const bool is_ours = IsOwn(status.st_uid) ||
                       (decider_ && status.st_uid == decider_->uid) ||
                       (HasKeeper() && status.st_uid == KeeperUid());
  if (!is_ours) {
    errno = EPERM;
  } else if (!S_ISREG(status.st_mode) &&
             !(also_pipes && S_ISFIFO(status.st_mode))) {
    errno = EINVAL;
  } else if (S_ISREG(status.st_mode) && status.st_nlink != 1) {
    errno = EMLINK;
  } else {
    return true;
  }
  return false;
}

int KeptPlace::Open(int flags, bool also_pipes) const {
  flags |= O_CLOEXEC | O_NOCTTY;
  if (!follows_links_) flags |= O_NOFOLLOW | O_NONBLOCK;
  const int file = open(path().c_str(), flags, kKeptFileMode);
  if (file < 0 || follows_links_) return file;
  struct stat status = {};
  if (fstat(file, &status) == 0 && IsFit(status, also_pipes)) {
    fcntl(file, F_SETFL, fcntl(file, F_GETFL) & ~O_NONBLOCK);
    return file;
  }
  const int error = errno;
  close(file);
  errno = error;
  return -1;
}

bool KeptPlace::IsFit() const {
  struct stat status = {};
  if (follows_links_ || lstat(path().c_str(), &status) != 0) return true;
  if (S_ISLNK(status.st_mode)) {
    errno = ELOOP;
    return false;
  }
  return IsFit(status, false);
}

bool FileExists(const std::string& path) noexcept {
  struct stat status = {};
  return stat(path.c_str(), &status) == 0;
}

std::string FolderOfFile(const std::string& path) {
  std::error_code error;
  const auto whole = std::filesystem::absolute(path, error);
  return error ? "/" : whole.parent_path().string();
}

}  // namespace ntm
