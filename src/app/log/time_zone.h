// Checks that the C library knows the time zone in TZ; if it does not, it uses
// UTC silently.
//
// Threads  pure, but looks at files.
// Errors   none.
// Source   tzset(3).
#pragma once

#include <string>

namespace ntm {

// "" if the zone is known or TZ is not set; else a message for the log.
std::string TimeZoneComplaint(const char* tz);

}  // namespace ntm
