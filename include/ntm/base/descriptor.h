// A file descriptor that is closed when its owner is destroyed.
//
// Threads  not synchronised.
// Errors   none: what close(2) says is ignored. Who must know whether a file
//          was written to its end asks fsync(2) first.
#pragma once

#include <unistd.h>

namespace ntm {

class Descriptor {
 public:
  // Below zero: none.
  explicit Descriptor(int descriptor) : descriptor_(descriptor) {}
  ~Descriptor() {
    if (descriptor_ >= 0) close(descriptor_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  int get() const { return descriptor_; }

 private:
  int descriptor_;
};

}  // namespace ntm
