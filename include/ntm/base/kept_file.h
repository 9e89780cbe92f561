// Files that outlast the process, opened so that nobody can lay something else
// in their place.
//
// Who may write a folder decides what stands in it. Where that is anybody but
// root and the process' own user, the name of a database may be a link to a
// file of root's. Below the first such folder root acts as its owner (as the
// keeper, below, where root owns it and others write it), with the right to
// read its way through the folders above; no link is followed, and what is
// opened is a file with one name that belongs to one of them.
//
// Shape    KeptPlace acts so for as long as it lives, and only for files: short
//          scopes, no threads made in them. In a folder that root and the
//          process' own user alone decide about it changes nothing.
// Threads  for the calling thread alone, on any; KeepFilesAs() before others.
// Errors   as the system calls': -1 or false, and errno; EMLINK for a file with
//          a second name, EPERM for another user's, EINVAL for no file.
// Source   setfsuid(2), capabilities(7), open(2).
#pragma once

#include <sys/stat.h>
#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace ntm {

inline constexpr mode_t kKeptFileMode = 0600;
inline constexpr mode_t kKeptFolderMode = 0700;

// Whom a process of root's keeps its files as.
void KeepFilesAs(uid_t uid, gid_t gid);

class KeptPlace {
 public:
  // The folder of `path` need not be there.
  explicit KeptPlace(const std::string& path);
  ~KeptPlace();
  KeptPlace(const KeptPlace&) = delete;
  KeptPlace& operator=(const KeptPlace&) = delete;

  // `path` with a folder that is absolute and has no links in it.
  std::string path() const;
  // Returns true iff a link at path() may be followed.
  bool follows_links() const noexcept { return follows_links_; }
  // Returns true iff path() is where it seems to be: others may at most own
  // what is there.
  bool is_certain() const noexcept { return is_certain_; }

  // Makes the folder and those above it that are missing, mode 0700.
  bool MakeFolder() const;

  // open(2) with O_CLOEXEC; what is made has mode 0600. Never waits for the
  // other end of a pipe; only `also_pipes` gives one where no links are
  // followed.
  int Open(int flags, bool also_pipes = false) const;

  // Returns true iff nothing is at path(), or what Open() would give.
  bool IsFit() const;

 private:
  class Identity;
  struct Decider {
    uid_t uid;
    gid_t gid;
  };

  void Judge(const std::string& path);
  // Who decides about the folder, and so about `entry` in it; nothing for
  // nobody but root and this process' user.
  static std::optional<Decider> DeciderOf(const struct stat& folder,
                                          const struct stat* entry);
  bool IsFit(const struct stat& status, bool also_pipes) const;

  std::string folder_ = "/";          // as far as it is there
  std::vector<std::string> missing_;  // folders below
  std::string name_;
  struct stat owner_ = {};          // of folder_
  std::optional<Decider> decider_;  // the first of others, if there is one
  bool follows_links_ = true;
  bool is_certain_ = true;
  std::unique_ptr<Identity> identity_;  // null: acts as itself
};

// Returns true iff it is there and can be seen.
bool FileExists(const std::string& path) noexcept;

// The folder of `path`, absolute; "/" where that cannot be told.
std::string FolderOfFile(const std::string& path);

}  // namespace ntm
