// A temporary file without a name: the kernel deletes it when it is closed,
// even if the program is killed.
//
// Threads  not synchronised.
// Errors   throws ntm::Error, which names the folder.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace ntm {

class TemporaryFile {
 public:
  explicit TemporaryFile(const std::string& folder);
  ~TemporaryFile();
  TemporaryFile(TemporaryFile&& other) noexcept;
  TemporaryFile& operator=(TemporaryFile&& other) noexcept;

  void Append(const void* data, size_t size_bytes);
  // REQUIRES: offset + size_bytes <= size_bytes().
  void Read(uint64_t offset, void* data, size_t size_bytes) const;

  // Truncates the file, which frees its disk space.
  void Clear();

  uint64_t size_bytes() const noexcept { return size_bytes_; }

 private:
  [[noreturn]] void Fail(const std::string& what, int error) const;

  std::string folder_;
  int descriptor_ = -1;
  uint64_t size_bytes_ = 0;
};

}  // namespace ntm
