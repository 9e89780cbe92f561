// Computes days and billing months in the time zone of this process.
//
// Units    seconds since the epoch.
// Threads  pure functions of the zone.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace ntm::usage {

// The half-open interval [from_s, to_s).
struct Span {
  std::string name;  // "2026-01-31" for a day, "2026-01" for a month
  int64_t from_s = 0;
  int64_t to_s = 0;

  bool Has(int64_t time_s) const noexcept {
    return time_s >= from_s && time_s < to_s;
  }
};

Span DayOf(int64_t time_s);
std::optional<Span> ParseDay(const std::string& text);

// From Monday to Monday; named after its first day.
Span WeekOf(int64_t time_s);

// From the billing day (1 to 28) up to the billing day of the next month; named
// after the month in which it begins.
Span MonthOf(int64_t time_s, int billing_day);
std::optional<Span> ParseMonth(const std::string& text, int billing_day);

}  // namespace ntm::usage
