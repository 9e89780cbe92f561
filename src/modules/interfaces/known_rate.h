// Adds up rates of which some may be unknown.
#pragma once

#include <optional>

namespace ntm::interfaces {

// An unknown rate adds nothing; the sum of only unknown rates is unknown.
inline void AddRate(const std::optional<double>& rate,
                    std::optional<double>* sum) {
  if (rate) *sum = sum->value_or(0) + *rate;
}

}  // namespace ntm::interfaces
