// The value for unknown numbers: gaps of a series, forecasts that cannot be
// made.
#pragma once

#include <limits>

namespace ntm::forecast {

inline constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();
inline constexpr float kUnknownFloat = std::numeric_limits<float>::quiet_NaN();

}  // namespace ntm::forecast
