#include "temporary_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "ntm/base/error.h"

namespace ntm {

TemporaryFile::TemporaryFile(const std::string& folder) : folder_(folder) {
  std::string name = folder + "/.ntm-spool-XXXXXX";
  descriptor_ = mkostemp(name.data(), O_CLOEXEC);
  if (descriptor_ < 0) Fail("make a temporary file", errno);
  unlink(name.c_str());
}

TemporaryFile::~TemporaryFile() {
  if (descriptor_ >= 0) close(descriptor_);
}

TemporaryFile::TemporaryFile(TemporaryFile&& other) noexcept
    : folder_(std::move(other.folder_)),
      descriptor_(std::exchange(other.descriptor_, -1)),
      size_bytes_(std::exchange(other.size_bytes_, 0)) {}

TemporaryFile& TemporaryFile::operator=(TemporaryFile&& other) noexcept {
  std::swap(folder_, other.folder_);
  std::swap(descriptor_, other.descriptor_);
  std::swap(size_bytes_, other.size_bytes_);
  return *this;
}

void TemporaryFile::Append(const void* data, size_t size_bytes) {
  const char* from = static_cast<const char*>(data);
  while (size_bytes > 0) {
    const ssize_t written =
        pwrite(descriptor_, from, size_bytes, static_cast<off_t>(size_bytes_));
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) Fail("write a temporary file", errno);
    from += written;
    size_bytes -= static_cast<size_t>(written);
    size_bytes_ += static_cast<uint64_t>(written);
  }
}

void TemporaryFile::Read(uint64_t offset, void* data, size_t size_bytes) const {
  char* to = static_cast<char*>(data);
  while (size_bytes > 0) {
    const ssize_t got =
        pread(descriptor_, to, size_bytes, static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) Fail("read a temporary file", got < 0 ? errno : EIO);
    to += got;
    offset += static_cast<uint64_t>(got);
    size_bytes -= static_cast<size_t>(got);
  }
}

void TemporaryFile::Clear() {
  if (ftruncate(descriptor_, 0) != 0) Fail("empty a temporary file", errno);
  size_bytes_ = 0;
}

void TemporaryFile::Fail(const std::string& what, int error) const {
  throw Error("cannot " + what + " in " + folder_ + ": " +
              std::strerror(error) +
              "; it needs a writable folder with enough free space");
}

}  // namespace ntm
