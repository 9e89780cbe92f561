// Notices that files have become others, without reading them.
//
// Shape    by device, inode, size and times; a file that is not there is a mark
//          as well.
// Threads  not synchronised.
// Errors   none.
#pragma once

#include <string>
#include <vector>

namespace ntm {

class ChangeDetector {
 public:
  explicit ChangeDetector(std::vector<std::string> paths);

  // Returns true iff one has changed since the last call, or since it was made.
  bool HaveChanged();

 private:
  std::vector<std::string> Read() const;

  std::vector<std::string> paths_;
  std::vector<std::string> marks_;
};

}  // namespace ntm
