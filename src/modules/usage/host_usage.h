// What each host has transferred today, for other modules.
//
// Units    bytes.
// Threads  a pure function.
#pragma once

#include <cstdint>
#include <memory>

#include "ntm/module/reports.h"
#include "usage_days.h"

namespace ntm::usage {

std::shared_ptr<const HostUsageReport> HostsOfDay(const UsageDays& days,
                                                  int64_t time_s);

}  // namespace ntm::usage
