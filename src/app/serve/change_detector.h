// Detects changes of files without reading them.
//
// Shape    compares device, inode, size and modification time; also detects
//          that a file was created or removed.
// Threads  not synchronised.
// Errors   none.
#pragma once

#include <string>
#include <vector>

namespace ntm {

class ChangeDetector {
 public:
  explicit ChangeDetector(std::vector<std::string> paths);

  // Returns true iff a file has changed since the last call or, in the first
  // call, since the construction.
  bool HaveChanged();

 private:
  std::vector<std::string> Read() const;

  std::vector<std::string> paths_;
  std::vector<std::string> marks_;
};

}  // namespace ntm
