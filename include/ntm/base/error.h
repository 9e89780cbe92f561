// The one exception type for failures a person can do something about.
//
// Message  "what failed: why; what to do", one line, without a final stop.
// Errors   thrown at start and from modules; main prints the message and exits
//          with exit_code() (1: it cannot work, 2: it was called wrongly).
#pragma once

#include <stdexcept>
#include <string>

namespace ntm {

inline constexpr int kExitFailure = 1;
inline constexpr int kExitUsage = 2;

class Error : public std::runtime_error {
 public:
  explicit Error(const std::string& message, int exit_code = kExitFailure)
      : std::runtime_error(message), exit_code_(exit_code) {}

  int exit_code() const noexcept { return exit_code_; }

 private:
  int exit_code_;
};

}  // namespace ntm
