// A capture file that is opened but not read, and how its reader waits.
//
// Threads  not synchronised.
// Errors   throws ntm::Error with the remedy.
#pragma once

#include <string>

#include "ntm/base/descriptor.h"

namespace ntm {

// Waits for more data where the input is a pipe or a file that grows.
class InputWaiter {
 public:
  static constexpr int kNoDescriptor = -1;

  // Waits until `descriptor` can be read, or a moment where there is none.
  // Returns false to end reading, as at the end of the input.
  virtual bool WaitForInput(int descriptor) = 0;

 protected:
  ~InputWaiter() = default;
};

class InputFile {
 public:
  // "-" is standard input.
  explicit InputFile(const std::string& path);
  // An open one.
  InputFile(std::string path, Descriptor descriptor);

  const std::string& path() const noexcept { return path_; }
  int descriptor() const noexcept { return descriptor_.get(); }
  // Else it is a pipe or the like, which can be read once.
  bool is_regular() const noexcept { return is_regular_; }

 private:
  std::string path_;
  Descriptor descriptor_;
  bool is_regular_ = false;
};

// "cannot read PATH: the reason; what to do".
[[noreturn]] void ThrowInputError(const std::string& path, int error);

}  // namespace ntm
