// What stands where nothing is known: gaps of a series, forecasts of none.
#pragma once

#include <limits>

namespace ntm::forecast {

inline constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();
inline constexpr float kUnknownFloat = std::numeric_limits<float>::quiet_NaN();

}  // namespace ntm::forecast
