// A file descriptor that is closed when its owner is destroyed.
//
// Threads  not synchronised.
// Errors   none: an error of close(2) is ignored, and errno is kept. To know
//          whether a file was written, call fsync(2) before.
#pragma once

#include <unistd.h>

#include <cerrno>
#include <utility>

namespace ntm {

class Descriptor {
 public:
  // Below zero: none.
  explicit Descriptor(int descriptor) : descriptor_(descriptor) {}
  Descriptor(Descriptor&& other) noexcept : descriptor_(other.Release()) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    const Descriptor old(std::exchange(descriptor_, other.Release()));
    return *this;
  }
  ~Descriptor() {
    if (descriptor_ < 0) return;
    const int error = errno;
    close(descriptor_);
    errno = error;
  }

  int get() const { return descriptor_; }
  // The caller closes it.
  int Release() { return std::exchange(descriptor_, -1); }

 private:
  int descriptor_;
};

}  // namespace ntm
