// Sums of rates of which some may not be known yet.
#pragma once

#include <optional>

namespace ntm::interfaces {

// What is not known adds nothing; a sum of nothing is not known either.
inline void AddRate(const std::optional<double>& rate,
                    std::optional<double>* sum) {
  if (rate) *sum = sum->value_or(0) + *rate;
}

}  // namespace ntm::interfaces
