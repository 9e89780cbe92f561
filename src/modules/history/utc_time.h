// Formats and parses times: UTC in the database, the user's time zone for days.
//
// Units    seconds since the epoch.
// Threads  pure functions, except UseTimeZone(), which is called at the start.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace ntm::history {

// "2026-01-31 09:05:00" in the user's time zone.
std::string LocalText(int64_t time_s);

// "20260131T090500Z", for names of files.
std::string FileText(int64_t time_s);

// Parses the format of StoredTime(), optionally with a Z at the end, a space
// instead of the T, or no seconds. A date alone is its first second in the
// user's time zone; digits alone are seconds since the epoch.
std::optional<int64_t> ParseTime(const std::string& text);

struct Period {
  int64_t from_s = 0;
  int64_t to_s = 0;  // exclusive
};

// The day "2026-01-31" in the user's time zone: 23 to 25 hours.
std::optional<Period> ParseDay(const std::string& text);

// Returns `name`, for example "Europe/Rome" or "UTC"; throws
// std::invalid_argument if this machine does not have that time zone.
std::string CheckedTimeZone(const std::string& name);

// Sets the time zone of this process. REQUIRES: CheckedTimeZone(), and no other
// thread.
void UseTimeZone(const std::string& name);

int64_t NowSeconds();

}  // namespace ntm::history
