// Points in time as text, UTC.
//
// Units    ns or whole seconds since the epoch, as unix_time.h has them.
// Threads  pure functions.
// Errors   none for times of years of four digits.
#pragma once

#include <cstdint>
#include <string>

namespace ntm {

// "2026-11-21T06:18:36Z", with so many decimals (0, 3 or 6) of the second: what
// is finer is cut off.
std::string UtcText(int64_t time_ns, int decimals = 0);

// "2026-11-21T06:18:36", as the database's tables have times.
std::string StoredTime(int64_t time_s);

}  // namespace ntm
