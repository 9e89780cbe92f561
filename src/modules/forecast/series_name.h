// Identifies a series by interface, direction and class.
//
// Threads  a plain value.
// Errors   none.
#pragma once

#include <compare>
#include <string>

namespace ntm::forecast {

struct SeriesName {
  std::string interface;      // "_total" for the sum
  std::string direction;      // "receive" or "transmit"
  std::string traffic_class;  // "" for all classes

  auto operator<=>(const SeriesName&) const = default;
};

}  // namespace ntm::forecast
