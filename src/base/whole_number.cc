#include "ntm/base/whole_number.h"

#include <charconv>
#include <system_error>

namespace ntm {

std::optional<int64_t> ParseWholeNumber(std::string_view text, int64_t min,
                                        int64_t max) noexcept {
  if (min >= 0 && text.starts_with('-')) return std::nullopt;  // "-0"
  int64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || rest != end || number < min || number > max) {
    return std::nullopt;
  }
  return number;
}

}  // namespace ntm
