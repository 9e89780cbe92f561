// Finds, locks and opens the database file.
//
// Threads  main thread; OpenOwned() and SetAside() on the thread that writes.
// Errors   ntm::Error.
#pragma once

#include <memory>
#include <string>

#include "ntm/base/database.h"

namespace ntm::history {

// $STATE_DIRECTORY/history.db, else /var/lib/ntm/history.db as root, else
// $XDG_STATE_HOME/ntm/history.db (~/.local/state by default); "" if none of
// these is known.
std::string DefaultPath();

// Creates the directory of `path` and its parents.
void MakeFolderOf(const std::string& path);

// Marks this process as the writer of the database: holds flock(2) on the file
// "PATH.lock", which the kernel releases when the process ends.
class OwnerLock {
 public:
  // Throws ntm::Error if the file cannot be created.
  explicit OwnerLock(const std::string& path);
  ~OwnerLock();
  OwnerLock(const OwnerLock&) = delete;
  OwnerLock& operator=(const OwnerLock&) = delete;

  // Another process holds the lock.
  bool is_taken() const noexcept { return is_taken_; }

 private:
  int file_ = -1;
  bool is_taken_ = false;
};

// Opens the database for writing and migrates its tables to this version; a
// damaged file is set aside first. REQUIRES: the lock.
std::unique_ptr<Database> OpenOwned(const std::string& path);

// Renames the file and its log to PATH.`why`-TIME; returns the new name.
// REQUIRES: no connection has it open.
std::string SetAside(const std::string& path, const std::string& why);

}  // namespace ntm::history
