// The answers of /api/traffic, with the names and units that agents' hubs in
// Python had: MB of 2^20 bytes per second, GB of 2^30 bytes, percent; up is
// what the agent transmits.
//
// Threads  pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "accepted_ids.h"
#include "agent_table.h"

namespace ntm::agents {

// `agent` may be nullptr: an agent that has never been heard of.
std::string CurrentJson(const Agent* agent);

// Its newest `limit` points, oldest first.
std::string HistoryJson(const Agent* agent, size_t limit);

// All agents that were heard of or are accepted by name. Rates are summed over
// the active ones, totals over all.
std::string SummaryJson(const AgentTable& table, const AcceptedIds& accepted);

}  // namespace ntm::agents
