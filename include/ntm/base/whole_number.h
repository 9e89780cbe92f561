// Whole numbers in texts from outside.
//
// Threads  pure.
// Errors   std::nullopt, of which the caller says what it is about.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace ntm {

// Decimal digits and nothing else, but for a '-' before them where `min` is
// negative; within `min` and `max`, both of which are allowed.
std::optional<int64_t> ParseWholeNumber(std::string_view text, int64_t min,
                                        int64_t max) noexcept;

}  // namespace ntm
