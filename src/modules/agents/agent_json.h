// Builds the JSON documents of /api/traffic, with the member names and units of
// the earlier hubs written in Python: MB of 2^20 bytes per second, GB of 2^30
// bytes, percent; up is what the agent transmits.
//
// Threads  pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "accepted_ids.h"
#include "agent_table.h"

namespace ntm::agents {

// `agent` is nullptr for an agent that has never sent an update.
std::string CurrentJson(const Agent* agent);

// Its newest `limit` points, oldest first.
std::string HistoryJson(const Agent* agent, size_t limit);

// All agents that have sent an update or are accepted by name. Rates are summed
// over the active agents, totals over all of them.
std::string SummaryJson(const AgentTable& table, const AcceptedIds& accepted);

}  // namespace ntm::agents
