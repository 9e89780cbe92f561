// Parses decimal integers from untrusted text.
//
// Threads  pure.
// Errors   returns std::nullopt; the caller writes the message.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace ntm {

// Accepts only decimal digits, with a leading '-' if `min` is negative. The
// number must be from `min` to `max`, inclusive.
std::optional<int64_t> ParseWholeNumber(std::string_view text, int64_t min,
                                        int64_t max) noexcept;

}  // namespace ntm
