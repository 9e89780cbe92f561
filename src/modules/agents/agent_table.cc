#include "agent_table.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "ntm/base/error.h"
#include "ntm/base/unix_time.h"
#include "ntm/http/json.h"

namespace ntm::agents {
namespace {

using Json = nlohmann::ordered_json;

constexpr double kStaleSeconds = 30;
constexpr double kStaleIntervals = 3;
// A bound on the updates between two ticks, in case the ticks stop.
constexpr size_t kMaxUpdates = 100'000;

void Follow(int64_t value, bool same_series, Agent::Total* total) {
  int64_t growth = value - total->last;
  if (growth < 0) growth = same_series ? 0 : value;
  total->total += std::min(static_cast<uint64_t>(growth),
                           AgentTable::kMostBytes - total->total);
  total->last = value;
}

void Begin(int64_t value, Agent::Total* total) {
  total->last = value;
  total->total = static_cast<uint64_t>(value);
}

void Count(const TrafficUpdate& update, bool is_new, Agent* agent) {
  if (is_new) {
    Begin(update.receive_bytes, &agent->receive);
    Begin(update.transmit_bytes, &agent->transmit);
  } else {
    const bool same_series =
        update.is_ntm && agent->series == update.origin.series;
    Follow(update.receive_bytes, same_series, &agent->receive);
    Follow(update.transmit_bytes, same_series, &agent->transmit);
  }
  agent->series = update.origin.series;
  if (update.is_ntm && agent->run != update.origin.run) {
    agent->former_run = std::exchange(agent->run, update.origin.run);
  }
  agent->sequence = update.origin.sequence;
  agent->interval_seconds = update.origin.interval_seconds;
}

void Show(const TrafficUpdate& update, int64_t time_ns, Agent* agent) {
  AgentSample& sample = agent->sample;
  sample.active = true;
  sample.last_update_ns = time_ns;
  sample.receive_bytes_per_second = update.receive_bytes_per_second;
  sample.transmit_bytes_per_second = update.transmit_bytes_per_second;
  sample.receive_bytes = agent->receive.total;
  sample.transmit_bytes = agent->transmit.total;
  sample.max_bytes_per_second = update.max_bytes_per_second;
  sample.cpu_percent = update.cpu_percent;
  sample.memory_percent = update.memory_percent;
  agent->points.push_back({time_ns, sample.receive_bytes_per_second,
                           sample.transmit_bytes_per_second,
                           sample.receive_bytes, sample.transmit_bytes});
  if (agent->points.size() > AgentTable::kMaxPoints) {
    agent->points.pop_front();
  }
}

Json TotalJson(const Agent::Total& total) {
  return {{"last", total.last}, {"total", total.total}};
}

Agent::Total TotalOf(const Json& json) {
  return {std::max<int64_t>(json.at("last").get<int64_t>(), 0),
          std::min(json.at("total").get<uint64_t>(), AgentTable::kMostBytes)};
}

Agent AgentOf(const Json& json) {
  Agent agent;
  agent.sample.id = json.at("id").get<std::string>();
  agent.sample.last_update_ns = json.at("last_update_ns").get<int64_t>();
  agent.sample.max_bytes_per_second =
      json.at("max_bytes_per_second").get<double>();
  agent.receive = TotalOf(json.at("receive"));
  agent.transmit = TotalOf(json.at("transmit"));
  agent.series = json.at("series").get<std::string>();
  agent.run = json.at("run").get<std::string>();
  agent.former_run = json.at("former_run").get<std::string>();
  agent.sequence = json.at("sequence").get<uint64_t>();
  agent.sample.receive_bytes = agent.receive.total;
  agent.sample.transmit_bytes = agent.transmit.total;
  return agent;
}

}  // namespace

AgentTable::Result AgentTable::Take(const TrafficUpdate& update,
                                    int64_t now_ns) {
  auto found = agents_.find(update.id);
  const bool is_new = found == agents_.end();
  if (is_new && agents_.size() >= kMaxAgents) return Result::kFull;
  if (!is_new && update.is_ntm) {
    Agent& known = found->second;
    if (update.origin.run == known.run &&
        update.origin.sequence <= known.sequence) {
      known.heard_ns = now_ns;
      return Result::kRepeated;
    }
    if (update.origin.run == known.former_run) return Result::kTwoAgents;
  }
  if (is_new) {
    found = agents_.try_emplace(update.id).first;
    found->second.sample.id = update.id;
  }
  Agent& agent = found->second;
  Count(update, is_new, &agent);
  agent.heard = true;
  agent.heard_ns = now_ns;
  const double age_seconds = update.is_ntm ? update.origin.age_seconds : 0;
  Show(update, now_ns - static_cast<int64_t>(age_seconds * kNsPerSecond),
       &agent);
  if (updates_.size() < kMaxUpdates) updates_.push_back(agent.sample);
  return Result::kTaken;
}

std::vector<AgentSample> AgentTable::Age(int64_t now_ns) {
  std::vector<AgentSample> changed;
  for (auto& [id, agent] : agents_) {
    const double silent_seconds = SecondsOf(now_ns - agent.heard_ns);
    const double patience_seconds =
        std::max(kStaleSeconds, kStaleIntervals * agent.interval_seconds);
    agent.sample.active = agent.heard && silent_seconds <= patience_seconds;
    if (agent.sample.active == agent.told_active) continue;
    agent.told_active = agent.sample.active;
    changed.push_back(agent.sample);
  }
  return changed;
}

std::vector<std::string> AgentTable::Expire(int64_t before_ns) {
  std::vector<std::string> expired;
  for (auto entry = agents_.begin(); entry != agents_.end();) {
    const Agent& agent = entry->second;
    // For an agent restored from the state file only last_update_ns is known.
    const int64_t heard_ns =
        std::max(agent.heard_ns, agent.sample.last_update_ns);
    if (heard_ns >= before_ns) {
      ++entry;
      continue;
    }
    expired.push_back(entry->first);
    entry = agents_.erase(entry);
  }
  return expired;
}

std::vector<AgentSample> AgentTable::TakeUpdates() {
  return std::exchange(updates_, {});
}

std::string AgentTable::ToJson() const {
  Json list = Json::array();
  for (const auto& [id, agent] : agents_) {
    list.push_back({{"id", id},
                    {"last_update_ns", agent.sample.last_update_ns},
                    {"max_bytes_per_second", agent.sample.max_bytes_per_second},
                    {"receive", TotalJson(agent.receive)},
                    {"transmit", TotalJson(agent.transmit)},
                    {"series", agent.series},
                    {"run", agent.run},
                    {"former_run", agent.former_run},
                    {"sequence", agent.sequence}});
  }
  return WriteJson(Json{{"version", 1}, {"agents", std::move(list)}}) + "\n";
}

AgentTable AgentTable::FromJson(const std::string& text) {
  AgentTable table;
  try {
    const Json json = ParseJson(text);
    if (json.at("version").get<int>() != 1) {
      throw Error("it was written by another version of ntm");
    }
    for (const Json& entry : json.at("agents")) {
      Agent agent = AgentOf(entry);
      if (!IsAgentId(agent.sample.id) || table.agents_.size() >= kMaxAgents) {
        continue;
      }
      table.agents_.insert_or_assign(agent.sample.id, std::move(agent));
    }
  } catch (const Json::exception&) {
    throw Error("it is damaged");
  }
  return table;
}

}  // namespace ntm::agents
