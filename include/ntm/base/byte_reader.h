// Reads big-endian fields from a buffer of known size, never past its end.
//
// Units    offsets and lengths in bytes, from the start of the buffer.
// Threads  a value type; the buffer must outlive it.
// Errors   none thrown: call Has(offset, length) first; the getters require it.
#pragma once

#include <cassert>
#include <cstddef>
#include <cstdint>

namespace ntm {

class ByteReader {
 public:
  ByteReader(const uint8_t* data, size_t size) noexcept
      : data_(data), size_(size) {}

  size_t size() const noexcept { return size_; }
  const uint8_t* data() const noexcept { return data_; }

  // Returns true iff `length` bytes at `offset` lie inside; never overflows.
  bool Has(size_t offset, size_t length) const noexcept {
    return offset <= size_ && length <= size_ - offset;
  }

  // REQUIRES: Has(offset, 1), 2 and 4.
  uint8_t U8(size_t offset) const noexcept {
    assert(Has(offset, 1));
    return data_[offset];
  }
  uint16_t U16(size_t offset) const noexcept {
    assert(Has(offset, 2));
    return static_cast<uint16_t>(data_[offset] << 8 | data_[offset + 1]);
  }
  uint32_t U32(size_t offset) const noexcept {
    assert(Has(offset, 4));
    return static_cast<uint32_t>(U16(offset)) << 16 | U16(offset + 2);
  }

 private:
  const uint8_t* data_;
  size_t size_;
};

}  // namespace ntm
