// The texts of options that are times.
//
// Threads  pure.
// Errors   std::invalid_argument whose message follows the option's name, as
//          in "--step: '5' is not a duration: …".
#pragma once

#include <chrono>
#include <string>

namespace ntm {

// A whole number and its unit: ms, s, m, h or d, as in 15s. Never negative.
std::chrono::milliseconds ParseDuration(const std::string& text,
                                        std::chrono::milliseconds min,
                                        std::chrono::milliseconds max);

// The same, for an option's declaration.
inline auto DurationFrom(std::chrono::milliseconds min,
                         std::chrono::milliseconds max) {
  return [min, max](const std::string& text) {
    return ParseDuration(text, min, max);
  };
}

}  // namespace ntm
