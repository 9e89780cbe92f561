// Adds up arrays of counters, element by element.
//
// Threads  pure but for `to`.
#pragma once

#include <array>
#include <cstddef>

namespace ntm {

template <typename Count, size_t n>
void AddEach(const std::array<Count, n>& from,
             std::array<Count, n>* to) noexcept {
  for (size_t i = 0; i < n; ++i) (*to)[i] += from[i];
}

}  // namespace ntm
