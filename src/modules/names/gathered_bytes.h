// Puts the pieces of a stream together as far as they are there from its
// beginning on; they may come in any order, overlap, and repeat each other.
//
// Units    bytes, from the beginning of the stream.
// Shape    at most kMostBytes; what lies beyond is ignored. Of bytes that are
//          there twice the first ones count.
// Threads  a value type.
// Errors   none.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace ntm::names {

class GatheredBytes {
 public:
  // A ClientHello with a post-quantum key share, a session ticket and Encrypted
  // Client Hello has some 3,000.
  static constexpr size_t kMostBytes = 8192;

  // Returns true iff there are more bytes from the beginning on than before.
  bool Add(size_t offset, std::span<const uint8_t> piece) {
    if (offset >= kMostBytes || piece.empty()) return false;
    piece = piece.first(std::min(piece.size(), kMostBytes - offset));
    const size_t end = offset + piece.size();
    if (bytes_.size() < end) {
      bytes_.resize(end);
      has_.resize(end);
    }
    for (size_t i = 0; i < piece.size(); ++i) {
      if (has_[offset + i]) continue;
      has_[offset + i] = true;
      bytes_[offset + i] = piece[i];
    }
    const size_t before = whole_bytes_;
    while (whole_bytes_ < has_.size() && has_[whole_bytes_]) ++whole_bytes_;
    return whole_bytes_ > before;
  }

  // Valid until the next Add().
  std::span<const uint8_t> FromBeginning() const noexcept {
    return std::span(bytes_).first(whole_bytes_);
  }

 private:
  std::vector<uint8_t> bytes_;
  std::vector<bool> has_;
  size_t whole_bytes_ = 0;
};

}  // namespace ntm::names
