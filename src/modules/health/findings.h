// Says in sentences what is wrong with the network, and where to look.
//
// Threads  pure functions.
#pragma once

#include <string>
#include <vector>

#include "ntm/module/reports.h"

namespace ntm::health {

// Worst for the user first; empty if nothing is wrong.
std::vector<std::string> FindingsOf(const HealthReport& report);

// For a report without findings.
std::string WellFinding(const HealthReport& report);

}  // namespace ntm::health
