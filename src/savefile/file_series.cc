#include "ntm/savefile/file_series.h"

#include <fcntl.h>
#include <glob.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>
#include <vector>

namespace ntm {
namespace {

int64_t ChangedAtNs(const struct stat& status) {
  return int64_t{status.st_mtim.tv_sec} * 1'000'000'000 +
         status.st_mtim.tv_nsec;
}

std::vector<std::string> PathsOf(const std::string& pattern) {
  std::vector<std::string> paths;
  glob_t found{};
  // A path that has one of the pattern's characters in its name is itself.
  if (glob(pattern.c_str(), GLOB_NOSORT | GLOB_NOCHECK, nullptr, &found) == 0) {
    paths.assign(found.gl_pathv, found.gl_pathv + found.gl_pathc);
  }
  globfree(&found);
  return paths;
}

}  // namespace

std::string FileSeries::FolderOf(const std::string& pattern) {
  const std::string fixed = pattern.substr(0, pattern.find_first_of("*?["));
  const size_t slash = fixed.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : fixed.substr(0, slash);
}

bool FileSeries::Seen::IsSameFile(const Seen& other) const noexcept {
  return device == other.device && number == other.number;
}

bool FileSeries::Seen::IsBefore(const Seen& other) const noexcept {
  if (changed_at_ns != other.changed_at_ns) {
    return changed_at_ns < other.changed_at_ns;
  }
  return strverscmp(path.c_str(), other.path.c_str()) < 0;
}

bool FileSeries::Seen::IsCopyOf(const Seen& other) const noexcept {
  return changed_at_ns == other.changed_at_ns &&
         path.starts_with(other.path + ".");
}

std::optional<FileSeries::Seen> FileSeries::Look(const std::string& path) {
  struct stat status {};
  if (lstat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) {
    return std::nullopt;
  }
  return Seen{path, status.st_dev, status.st_ino, ChangedAtNs(status)};
}

std::optional<FileSeries::Seen> FileSeries::Oldest() const {
  std::optional<Seen> oldest;
  for (const std::string& path : PathsOf(pattern_)) {
    std::optional<Seen> file = Look(path);
    if (!file) continue;
    if (current_ && (file->IsSameFile(*current_) || file->IsCopyOf(*current_) ||
                     file->IsBefore(*current_))) {
      continue;
    }
    if (!oldest || file->IsBefore(*oldest)) oldest = std::move(file);
  }
  return oldest;
}

uint64_t FileSeries::LookAtCurrent() {
  struct stat status {};
  if (current_file_.get() < 0 || fstat(current_file_.get(), &status) != 0) {
    return 0;
  }
  current_->changed_at_ns = ChangedAtNs(status);
  return static_cast<uint64_t>(status.st_size);
}

bool FileSeries::HasNext(uint64_t read_bytes) {
  begins_anew_ = LookAtCurrent() < read_bytes;
  return begins_anew_ || Oldest().has_value();
}

std::optional<InputFile> FileSeries::Next() {
  LookAtCurrent();
  std::optional<Seen> next =
      std::exchange(begins_anew_, false) ? current_ : Oldest();
  if (!next) return std::nullopt;
  current_ = std::move(next);
  current_file_ = Descriptor(-1);
  // It may be something else by now, so it must not make the open() wait.
  InputFile file(current_->path,
                 Descriptor(open(current_->path.c_str(),
                                 O_RDONLY | O_CLOEXEC | O_NOFOLLOW |
                                     O_NONBLOCK | O_NOCTTY)));
  if (!file.is_regular()) ThrowInputError(current_->path, EINVAL);
  current_file_ = Descriptor(fcntl(file.descriptor(), F_DUPFD_CLOEXEC, 0));
  return file;
}

}  // namespace ntm
