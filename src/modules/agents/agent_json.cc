#include "agent_json.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "ntm/base/utc_text.h"
#include "ntm/http/json.h"

namespace ntm::agents {
namespace {

// Keeps the keys in insertion order.
using Json = nlohmann::ordered_json;

constexpr size_t kPointsOfSummary = 60;

double Megabytes(double bytes) { return bytes / kBytesPerMegabyte; }

double Gigabytes(double bytes) { return bytes / kBytesPerGigabyte; }

double Gigabytes(uint64_t bytes) {
  return Gigabytes(static_cast<double>(bytes));
}

void AddCurrent(const Agent* agent, Json* json) {
  static const Agent kNone;
  const AgentSample& sample = (agent == nullptr ? kNone : *agent).sample;
  Json& out = *json;
  out["bandwidth_up"] = Megabytes(sample.transmit_bytes_per_second);
  out["bandwidth_down"] = Megabytes(sample.receive_bytes_per_second);
  out["total_up"] = Gigabytes(sample.transmit_bytes);
  out["total_down"] = Gigabytes(sample.receive_bytes);
  out["max_bandwidth"] = Megabytes(sample.max_bytes_per_second);
  out["cpu_percent"] = sample.cpu_percent;
  out["memory_percent"] = sample.memory_percent;
  out["last_updated"] = sample.last_update_ns == 0
                            ? Json(nullptr)
                            : Json(UtcText(sample.last_update_ns, 3));
  out["active"] = sample.active;
}

Json Points(const Agent* agent, size_t limit) {
  Json list = Json::array();
  if (agent == nullptr) return list;
  const auto& points = agent->points;
  const size_t count = std::min(limit, points.size());
  for (size_t i = points.size() - count; i < points.size(); ++i) {
    const AgentPoint& point = points[i];
    list.push_back(
        {{"timestamp", UtcText(point.time_ns, 3)},
         {"bandwidth_up", Megabytes(point.transmit_bytes_per_second)},
         {"bandwidth_down", Megabytes(point.receive_bytes_per_second)},
         {"total_up", Gigabytes(point.transmit_bytes)},
         {"total_down", Gigabytes(point.receive_bytes)}});
  }
  return list;
}

Json ServiceJson(const std::string& id, const Agent* agent) {
  Json json = {{"id", id}, {"name", id}};
  AddCurrent(agent, &json);
  json["traffic_history"] = Points(agent, kPointsOfSummary);
  return json;
}

// The ids in the table and those accepted by name, sorted.
std::set<std::string> IdsOf(const AgentTable& table,
                            const AcceptedIds& accepted) {
  std::set<std::string> ids(accepted.names().begin(), accepted.names().end());
  for (const auto& [id, agent] : table.agents()) ids.insert(id);
  return ids;
}

struct Sums {
  size_t active = 0;
  double up_per_second = 0;
  double down_per_second = 0;
  // double, since a sum of integers could overflow; exact up to 9 PB.
  double up = 0;
  double down = 0;
};

Sums SumsOf(const AgentTable& table) {
  Sums sums;
  for (const auto& [id, agent] : table.agents()) {
    const AgentSample& sample = agent.sample;
    sums.up += static_cast<double>(sample.transmit_bytes);
    sums.down += static_cast<double>(sample.receive_bytes);
    if (!sample.active) continue;
    ++sums.active;
    sums.up_per_second += sample.transmit_bytes_per_second;
    sums.down_per_second += sample.receive_bytes_per_second;
  }
  return sums;
}

}  // namespace

std::string CurrentJson(const Agent* agent) {
  Json json = Json::object();
  AddCurrent(agent, &json);
  return WriteJson(json) + "\n";
}

std::string HistoryJson(const Agent* agent, size_t limit) {
  return WriteJson(Points(agent, limit)) + "\n";
}

std::string SummaryJson(const AgentTable& table, const AcceptedIds& accepted) {
  const Sums sums = SumsOf(table);
  Json services = Json::array();
  for (const std::string& id : IdsOf(table, accepted)) {
    const auto found = table.agents().find(id);
    services.push_back(ServiceJson(
        id, found == table.agents().end() ? nullptr : &found->second));
  }
  Json json;
  json["total_services"] = services.size();
  json["services_with_traffic"] = sums.active;
  json["total_bandwidth_up"] = Megabytes(sums.up_per_second);
  json["total_bandwidth_down"] = Megabytes(sums.down_per_second);
  json["total_traffic_up"] = Gigabytes(sums.up);
  json["total_traffic_down"] = Gigabytes(sums.down);
  json["services"] = std::move(services);
  return WriteJson(json) + "\n";
}

}  // namespace ntm::agents
