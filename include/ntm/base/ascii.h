// Character tests, lower case and trimming of ASCII text, independent of the
// locale.
//
// Threads  pure.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

namespace ntm {

inline constexpr bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// Other characters stay as they are.
inline constexpr char LowerCase(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}
inline std::string LowerCase(std::string_view text) {
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(),
                         [](char c) { return LowerCase(c); });
  return lower;
}

// Returns `text` without leading and trailing characters of `blanks`.
inline constexpr std::string_view Trimmed(std::string_view text,
                                          std::string_view blanks) {
  const size_t first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

}  // namespace ntm
