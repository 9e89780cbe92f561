// The interfaces as the JSON API tells them.
//
// Units    in the names. Times are UTC, "2026-01-31T12:00:00Z".
// Threads  pure functions.
#pragma once

#include <cstdint>
#include <string>

#include "interface_ledger.h"
#include "ntm/posts.h"

namespace ntm::interfaces {

// "2026-01-31T12:00:00Z".
std::string UtcText(int64_t time_ns);

// GET /api/interfaces: all of the report, with peak and mean per period.
std::string InterfacesJson(const InterfaceReport& report,
                           const InterfaceLedger& ledger);

// GET /api/traffic/current: one of them, or the sum.
std::string CurrentTrafficJson(const InterfaceReport& report,
                               const InterfaceSample& sample);

}  // namespace ntm::interfaces
