// The part of a source that its reader looks at: contiguous, and as long as the
// reader needs.
//
// Threads  not synchronised.
// Errors   those of the source.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "byte_source.h"

namespace ntm {

class ByteWindow {
 public:
  // What is read at once. It fits in the second-level cache: what is copied
  // there is decoded before it is displaced.
  static constexpr size_t kBytes = 1 << 18;

  explicit ByteWindow(std::unique_ptr<ByteSource> source)
      : source_(std::move(source)), buffer_(kBytes) {}

  // What has been read and not consumed.
  const uint8_t* data() const noexcept { return buffer_.data() + begin_; }
  size_t size() const noexcept { return end_ - begin_; }
  // Of data() in the (unpacked) file.
  uint64_t position() const noexcept { return position_; }

  // Reads until size() >= `bytes`. Returns false iff the source ends before.
  // data() changes.
  bool Need(size_t bytes) { return size() >= bytes || Fill(bytes); }

  // REQUIRES: bytes <= size().
  void Consume(size_t bytes) noexcept {
    begin_ += bytes;
    position_ += bytes;
  }

 private:
  bool Fill(size_t bytes);

  std::unique_ptr<ByteSource> source_;
  std::vector<uint8_t> buffer_;
  size_t begin_ = 0;
  size_t end_ = 0;
  uint64_t position_ = 0;
};

}  // namespace ntm
