// Whether the C library knows the time zone that TZ asks for: where it does
// not, it takes UTC without a word.
//
// Threads  pure but for looking at files.
// Errors   none.
// Source   tzset(3).
#pragma once

#include <string>

namespace ntm {

// "" for a zone that is known, or none; else a line for the log.
std::string TimeZoneComplaint(const char* tz);

}  // namespace ntm
