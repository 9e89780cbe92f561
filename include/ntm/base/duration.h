// Parses durations such as "15s" in option values.
//
// Threads  pure.
// Errors   std::invalid_argument; the caller puts the option's name before the
//          message, as in "--step: '5' is not a duration: …".
#pragma once

#include <chrono>
#include <string>

namespace ntm {

// A whole number, not negative, and its unit: ms, s, m, h or d, as in 15s.
std::chrono::milliseconds ParseDuration(const std::string& text,
                                        std::chrono::milliseconds min,
                                        std::chrono::milliseconds max);

// A parser with these limits, for an option's declaration.
inline auto DurationFrom(std::chrono::milliseconds min,
                         std::chrono::milliseconds max) {
  return [min, max](const std::string& text) {
    return ParseDuration(text, min, max);
  };
}

}  // namespace ntm
