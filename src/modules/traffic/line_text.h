// Puts a line of the exposition together from short texts.
//
// Shape    a short text is copied as a whole block of kBlockBytes, which is
//          faster than a call of memcpy for its few bytes; a longer one goes to
//          the string directly.
// Threads  not synchronised.
#pragma once

#include <array>
#include <cstddef>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>

#include "ntm/net/address.h"

namespace ntm::traffic {

class ShortText {
 public:
  static constexpr size_t kBlockBytes = 32;

  ShortText() = default;
  explicit ShortText(std::string text) : text_(std::move(text)) {
    if (is_short()) std::memcpy(block_.data(), text_.data(), text_.size());
  }

  const std::string& text() const noexcept { return text_; }
  const char* block() const noexcept { return block_.data(); }
  size_t size() const noexcept { return text_.size(); }
  bool is_short() const noexcept { return text_.size() <= kBlockBytes; }

 private:
  std::string text_;
  std::array<char, kBlockBytes> block_{};  // the same, if it fits
};

class LineText {
 public:
  // What one Add() may need at most.
  static constexpr size_t kMostBytes = 64;
  static_assert(kMostBytes >= ShortText::kBlockBytes &&
                kMostBytes >= kMaxAddressText);

  // Appends to `out`, at the latest when it ends.
  explicit LineText(std::string* out) : out_(out) { end_ = line_.data(); }
  ~LineText() { Flush(); }
  LineText(const LineText&) = delete;
  LineText& operator=(const LineText&) = delete;

  void Add(const ShortText& text) {
    if (!text.is_short()) {
      To()->append(text.text());
      return;
    }
    MakeRoom();
    std::memcpy(end_, text.block(), ShortText::kBlockBytes);
    end_ += text.size();
  }

  void Add(char c) {
    MakeRoom();
    *end_++ = c;
  }

  void Add(const Address& address) {
    MakeRoom();
    end_ += FormatAddress(address, end_);
  }

  // For other ways to append.
  std::string* To() {
    Flush();
    return out_;
  }

 private:
  void MakeRoom() {
    if (end_ > line_.data() + line_.size() - kMostBytes) Flush();
  }
  void Flush() {
    out_->append(line_.data(), static_cast<size_t>(end_ - line_.data()));
    end_ = line_.data();
  }

  std::string* out_;
  std::array<char, 512> line_;
  char* end_;
};

}  // namespace ntm::traffic
