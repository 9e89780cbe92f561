// The exception for failures that the user can fix.
//
// Message  "what failed: why; what to do", one line, without a full stop.
// Errors   thrown at start and by modules; main prints the message and exits
//          with exit_code() (1: it cannot work, 2: wrong usage).
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
