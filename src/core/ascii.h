// Letters and digits of ASCII, whatever the locale.
//
// Threads  pure.
#pragma once

namespace ntm {

inline constexpr char ToLower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

inline constexpr bool IsDigit(char c) { return c >= '0' && c <= '9'; }

}  // namespace ntm
