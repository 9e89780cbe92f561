// The metric families ntm_agent_*.
//
// Units    base units, as in metrics.md.
// Threads  pure.
#pragma once

#include <prometheus/metric_family.h>

#include <vector>

#include "agent_table.h"

namespace ntm::agents {

// Rates and load only for active agents. Totals only for agents that have sent
// an update since the start: a total restored from the state file may be too
// low, and a counter must not decrease.
std::vector<prometheus::MetricFamily> AgentFamilies(const AgentTable& table);

}  // namespace ntm::agents
