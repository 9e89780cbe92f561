#include "agent_families.h"

#include "ntm/base/unix_time.h"
#include "ntm/exposition/family.h"

namespace ntm::agents {
namespace {

constexpr double kPercent = 100;

}  // namespace

std::vector<prometheus::MetricFamily> AgentFamilies(const AgentTable& table) {
  auto up = GaugeFamily("ntm_agent_up",
                        "1 if the agent sends updates, 0 if it is stale.");
  auto last = GaugeFamily("ntm_agent_last_update_timestamp_seconds",
                          "Time at which the agent made its last update.");
  auto receive_rate = GaugeFamily("ntm_agent_receive_bytes_per_second",
                                  "Receive rate that the agent reports.");
  auto transmit_rate = GaugeFamily("ntm_agent_transmit_bytes_per_second",
                                   "Transmit rate that the agent reports.");
  auto max =
      GaugeFamily("ntm_agent_max_bytes_per_second",
                  "Capacity of the agent's link, both directions together.");
  auto cpu = GaugeFamily("ntm_agent_cpu_ratio",
                         "Share of the agent's CPU that is in use.");
  auto memory = GaugeFamily("ntm_agent_memory_ratio",
                            "Share of the agent's memory that is in use.");
  auto received = CounterFamily("ntm_agent_receive_bytes_total",
                                "Bytes that the agent has received.");
  auto transmitted = CounterFamily("ntm_agent_transmit_bytes_total",
                                   "Bytes that the agent has transmitted.");
  for (const auto& [id, agent] : table.agents()) {
    const AgentSample& sample = agent.sample;
    const Labels labels = {{"agent", id}};
    AddSample(&up, labels, sample.active ? 1 : 0);
    AddSample(&last, labels, SecondsOf(sample.last_update_ns));
    if (agent.heard) {
      AddSample(&received, labels, static_cast<double>(sample.receive_bytes));
      AddSample(&transmitted, labels,
                static_cast<double>(sample.transmit_bytes));
    }
    if (!sample.active) continue;
    AddSample(&receive_rate, labels, sample.receive_bytes_per_second);
    AddSample(&transmit_rate, labels, sample.transmit_bytes_per_second);
    if (sample.max_bytes_per_second > 0) {
      AddSample(&max, labels, sample.max_bytes_per_second);
    }
    AddSample(&cpu, labels, sample.cpu_percent / kPercent);
    AddSample(&memory, labels, sample.memory_percent / kPercent);
  }
  return {up,  last,   receive_rate, transmit_rate, max,
          cpu, memory, received,     transmitted};
}

}  // namespace ntm::agents
