// Where the database is, and whose it is.
//
// Threads  pure, or the start's.
// Errors   ntm::Error.
#pragma once

#include <memory>
#include <string>

#include "ntm/base/database.h"

namespace ntm::history {

// $STATE_DIRECTORY/history.db, else /var/lib/ntm/history.db as root, else
// $XDG_STATE_HOME/ntm/history.db (~/.local/state by default); "" where none of
// these can be told.
std::string DefaultPath();

// Makes the folder of `path` and those above it.
void MakeFolderOf(const std::string& path);

// Says that this process writes the database, as long as it lives and no
// longer: a lock of the kernel's on the file "PATH.lock".
class OwnerLock {
 public:
  // Throws ntm::Error if the file cannot be made.
  explicit OwnerLock(const std::string& path);
  ~OwnerLock();
  OwnerLock(const OwnerLock&) = delete;
  OwnerLock& operator=(const OwnerLock&) = delete;

  // Another process has it.
  bool is_taken() const noexcept { return is_taken_; }

 private:
  int file_ = -1;
  bool is_taken_ = false;
};

// Opens it for writing, with the tables of this version; a damaged file is set
// aside first. REQUIRES: the lock.
std::unique_ptr<Database> OpenOwned(const std::string& path);

// Renames the file and its log to PATH.`why`-TIME; returns the new name.
// REQUIRES: nobody has it open.
std::string SetAside(const std::string& path, const std::string& why);

}  // namespace ntm::history
