// Opens files that outlast the process, safely where other users can write to
// the folder.
//
// Whoever can write to a folder can replace what is in it. If that is anybody
// but root and this process' own user, the path of a database may be a symbolic
// link to a file of root's. So below the first such folder a process of root
// accesses files as the folder's owner (or as the user of KeepFilesAs() where
// root owns the folder and others can write to it), with permission to search
// the folders above. Symbolic links are not followed. The opened file must be a
// regular file with one hard link, owned by one of these users.
//
// Shape    a KeptPlace changes the thread's file system user (setfsuid) while
//          it exists: keep its scope short, and start no thread in it. If only
//          root and this process' user can write to the folder, it changes
//          nothing.
// Threads  affects the calling thread only; KeepFilesAs() before other threads
//          start.
// Errors   as the system calls: -1 or false, and errno; EMLINK for a file with
//          several hard links, EPERM for a file of another user, EINVAL for
//          what is not a regular file.
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

// The user and group that a process of root uses for its files.
void KeepFilesAs(uid_t uid, gid_t gid);

class KeptPlace {
 public:
  // The folder of `path` need not exist.
  explicit KeptPlace(const std::string& path);
  ~KeptPlace();
  KeptPlace(const KeptPlace&) = delete;
  KeptPlace& operator=(const KeptPlace&) = delete;

  // `path` as an absolute path whose folder has no symbolic links.
  std::string path() const;
  // Returns true iff Open() follows a symbolic link at path().
  bool follows_links() const noexcept { return follows_links_; }
  // Returns true iff no other user can redirect path(). Another user may still
  // own the file there.
  bool is_certain() const noexcept { return is_certain_; }

  // Creates the missing folders of path(), mode 0700.
  bool MakeFolder() const;

  // open(2) with O_CLOEXEC; a new file has mode 0600. Where links are not
  // followed, it never blocks on a FIFO, and opens one only with `also_pipes`.
  int Open(int flags, bool also_pipes = false) const;

  // Returns true iff path() does not exist, or Open() would accept it.
  bool IsFit() const;

 private:
  class Identity;
  struct Decider {
    uid_t uid;
    gid_t gid;
  };

  void Judge(const std::string& path);
  // The other user who can replace `entry` in the folder; nothing if only root
  // and this process' user can.
  static std::optional<Decider> DeciderOf(const struct stat& folder,
                                          const struct stat* entry);
  bool IsFit(const struct stat& status, bool also_pipes) const;

  std::string folder_ = "/";          // the part that exists
  std::vector<std::string> missing_;  // the folders below that do not
  std::string name_;
  struct stat owner_ = {};          // of folder_
  std::optional<Decider> decider_;  // the first on the path
  bool follows_links_ = true;
  bool is_certain_ = true;
  std::unique_ptr<Identity> identity_;  // null: no other user is assumed
};

// Returns true iff stat(2) finds it.
bool FileExists(const std::string& path) noexcept;

// The absolute path of the folder of `path`; "/" if it cannot be determined.
std::string FolderOfFile(const std::string& path);

}  // namespace ntm
