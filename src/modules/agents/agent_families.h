// The families ntm_agent_*.
//
// Units    base units, as in metrics.md.
// Threads  pure.
#pragma once

#include <prometheus/metric_family.h>

#include <vector>

#include "agent_table.h"

namespace ntm::agents {

// Rates and load of active agents only; totals only of agents that were heard
// of since the start: those that are older may have grown, and a counter must
// not go back.
std::vector<prometheus::MetricFamily> AgentFamilies(const AgentTable& table);

}  // namespace ntm::agents
