#include "byte_window.h"

#include <cstring>
#include <span>

namespace ntm {

bool ByteWindow::Fill(size_t bytes) {
  std::memmove(buffer_.data(), data(), size());
  end_ = size();
  begin_ = 0;
  // It grows only with the bytes that arrive: a wrong length in a short file
  // must not allocate memory.
  while (end_ < bytes) {
    if (end_ == buffer_.size()) buffer_.resize(2 * buffer_.size());
    const size_t got = source_->Read(std::span(buffer_).subspan(end_));
    if (got == 0) return false;
    end_ += got;
  }
  return true;
}

}  // namespace ntm
