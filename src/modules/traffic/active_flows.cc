#include "active_flows.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "flow_classes.h"
#include "label_writer.h"
#include "ntm/base/utc_text.h"
#include "ntm/http/json.h"

namespace ntm::traffic {
namespace {

constexpr double kBytesPerMbit = 125'000;

std::optional<double> Port(const std::string& text) {
  if (text.empty() || text == "other") return std::nullopt;
  return std::strtod(text.c_str(), nullptr);
}

}  // namespace

std::vector<std::string> ActiveFlows::Migrations() const {
  return {
      "CREATE TABLE active_flows ("
      "id INTEGER PRIMARY KEY,"
      "sourceIp TEXT NOT NULL,"
      "destinationIp TEXT NOT NULL,"
      "sourcePort INTEGER,"
      "destinationPort INTEGER,"
      "protocol TEXT NOT NULL,"
      "service TEXT NOT NULL,"
      "trafficType TEXT NOT NULL,"
      "priority INTEGER,"
      "currentBandwidth REAL NOT NULL,"
      "allocatedBandwidth REAL,"
      "packetCount INTEGER NOT NULL,"
      "byteCount INTEGER NOT NULL,"
      "startTime TEXT NOT NULL,"
      "lastSeen TEXT NOT NULL);"
      "CREATE INDEX active_flows_source ON active_flows (sourceIp)"};
}

void ActiveFlows::Load(Database& /*database*/) { has_database_ = true; }

void ActiveFlows::Take(const Snapshot& now, const Snapshot* before,
                       const QosReport* report) {
  if (!has_database_ || before == nullptr || ticks_left_-- > 0) return;
  ticks_left_ = kTicksBetween - 1;
  const std::vector<FlowRate> rates = FlowRates(now, before);
  const FlowClasses classes(now, report, rates);
  std::vector<const FlowRate*> most;
  for (const FlowRate& rate : rates) {
    if (rate.bytes_per_second.value_or(0) > 0) most.push_back(&rate);
  }
  const auto end = most.begin() + static_cast<std::ptrdiff_t>(
                                      std::min(most.size(), kMostRows));
  std::partial_sort(most.begin(), end, most.end(), [](auto* a, auto* b) {
    return *a->bytes_per_second > *b->bytes_per_second;
  });
  most.erase(end, most.end());
  LabelWriter labels(now, LabelWriter::Escaping::kNone);
  std::unordered_map<std::string, int64_t> began;
  std::vector<Row> rows;
  for (const FlowRate* rate : most) {
    const Flow& flow = now.flows[rate->flow];
    const auto value = [&](FlowLabel label) {
      return now.labels.labels.Has(label) ? labels.Value(label, rate->flow)
                                          : std::string();
    };
    Row row;
    row.src = value(FlowLabel::kSrc);
    row.dst = value(FlowLabel::kDst);
    row.proto = value(FlowLabel::kProto);
    row.service = value(FlowLabel::kService);
    row.src_port = value(FlowLabel::kSrcPort);
    row.dst_port = value(FlowLabel::kDstPort);
    row.traffic_class = classes.Name(rate->flow);
    row.priority = classes.Priority(rate->flow);
    row.current_mbit = *rate->bytes_per_second / kBytesPerMbit;
    if (const auto allocated = classes.AllocatedBytesPerSecond(*rate)) {
      row.allocated_mbit = *allocated / kBytesPerMbit;
    }
    row.packets = flow.packets;
    row.bytes = flow.bytes;
    row.last_seen_ns = flow.last_seen_ns;
    std::string key;
    labels.Append(rate->flow, &key);
    const auto known = began_ns_.find(key);
    row.began_ns = known == began_ns_.end() ? now.time_ns : known->second;
    began.emplace(std::move(key), row.began_ns);
    rows.push_back(std::move(row));
  }
  began_ns_ = std::move(began);
  const std::scoped_lock lock(mutex_);
  rows_ = std::move(rows);
}

void ActiveFlows::Save(Database& database) {
  std::vector<Row> rows;
  {
    const std::scoped_lock lock(mutex_);
    rows = rows_;
  }
  database.Execute("DELETE FROM active_flows");
  Statement insert(database,
                   "INSERT INTO active_flows (sourceIp, destinationIp, "
                   "sourcePort, destinationPort, protocol, service, "
                   "trafficType, priority, currentBandwidth, "
                   "allocatedBandwidth, packetCount, byteCount, startTime, "
                   "lastSeen) VALUES "
                   "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  for (const Row& row : rows) {
    const std::optional<double> priority =
        row.priority ? std::optional<double>(*row.priority) : std::nullopt;
    insert.Run(row.src, row.dst, Port(row.src_port), Port(row.dst_port),
               row.proto, row.service, row.traffic_class, priority,
               row.current_mbit, row.allocated_mbit,
               static_cast<int64_t>(row.packets),
               static_cast<int64_t>(row.bytes), UtcText(row.began_ns),
               UtcText(row.last_seen_ns));
  }
}

}  // namespace ntm::traffic
