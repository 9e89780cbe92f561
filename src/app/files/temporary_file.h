// A file that has no name: it is gone when it is closed, also when the program
// is killed.
//
// Threads  not synchronised.
// Errors   throws ntm::Error; it names the folder, not the file.
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

  // Appends all of it.
  void Append(const void* data, size_t size_bytes);
  // REQUIRES: offset + size_bytes <= size_bytes().
  void Read(uint64_t offset, void* data, size_t size_bytes) const;

  // What was in it is gone, and its room given back.
  void Clear();

  uint64_t size_bytes() const noexcept { return size_bytes_; }

 private:
  [[noreturn]] void Fail(const std::string& what, int error) const;

  std::string folder_;
  int descriptor_ = -1;
  uint64_t size_bytes_ = 0;
};

}  // namespace ntm
