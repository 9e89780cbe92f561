#include "change_detector.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <utility>

namespace ntm {

ChangeDetector::ChangeDetector(std::vector<std::string> paths)
    : paths_(std::move(paths)), marks_(Read()) {}

bool ChangeDetector::HaveChanged() {
  std::vector<std::string> now = Read();
  const bool changed = now != marks_;
  marks_ = std::move(now);
  return changed;
}

std::vector<std::string> ChangeDetector::Read() const {
  std::vector<std::string> marks;
  for (const std::string& path : paths_) {
    struct stat status = {};
    marks.push_back(stat(path.c_str(), &status) != 0
                        ? std::string()
                        : fmt::format("{} {} {} {} {}", status.st_dev,
                                      status.st_ino, status.st_size,
                                      status.st_mtim.tv_sec,
                                      status.st_mtim.tv_nsec));
  }
  return marks;
}

}  // namespace ntm
