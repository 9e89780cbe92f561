// Formats Unix time as ISO 8601 text in UTC.
//
// Units    ns or whole seconds since the epoch (unix_time.h).
// Threads  pure functions.
// Errors   none for years of four digits.
#pragma once

#include <cstdint>
#include <string>

namespace ntm {

// "2026-11-21T06:18:36Z", with 0, 3 or 6 decimals of the second; truncated, not
// rounded.
std::string UtcText(int64_t time_ns, int decimals = 0);

// "2026-11-21T06:18:36", the format in the database's tables.
std::string StoredTime(int64_t time_s);

}  // namespace ntm
