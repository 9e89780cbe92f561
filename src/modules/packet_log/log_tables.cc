#include "log_tables.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <optional>
#include <utility>

#include "csv_file.h"
#include "ntm/base/unix_time.h"
#include "ntm/base/utc_text.h"
#include "ntm/http/json.h"

namespace ntm::packet_log {
namespace {

constexpr int64_t kMicrosecondsPerDay = 86'400'000'000;

Address ParseHost(const std::string& text) {
  if (const auto address = ParseAddress(text)) return *address;
  std::array<unsigned, 6> parts{};
  if (std::sscanf(text.c_str(), "%2x:%2x:%2x:%2x:%2x:%2x", &parts[0], &parts[1],
                  &parts[2], &parts[3], &parts[4], &parts[5]) != 6) {
    return {};
  }
  std::array<uint8_t, 6> octets{};
  std::ranges::transform(parts, octets.begin(), [](unsigned part) {
    return static_cast<uint8_t>(part);
  });
  return Address::Mac(octets.data());
}

std::optional<double> PortOf(const PacketRecord& record, uint16_t port) {
  return record.has_ports ? std::optional<double>(port) : std::nullopt;
}

}  // namespace

LogTables::LogTables(LogRows* rows, std::shared_ptr<const PacketLog> log,
                     size_t limit)
    : rows_(rows), log_(std::move(log)), limit_(limit) {}

std::vector<std::string> LogTables::Migrations() const {
  return {
      "CREATE TABLE traffic_logs ("
      "id INTEGER PRIMARY KEY,"
      "timestamp TEXT NOT NULL,"
      "sourceIp TEXT NOT NULL,"
      "destinationIp TEXT NOT NULL,"
      "sourcePort INTEGER,"
      "destinationPort INTEGER,"
      "protocol TEXT NOT NULL,"
      "trafficType TEXT NOT NULL,"
      "packetSize INTEGER NOT NULL,"
      "throughput REAL NOT NULL,"
      "priority INTEGER NOT NULL,"
      "createdAt TEXT NOT NULL,"
      "timeNs INTEGER NOT NULL,"
      "protocolNumber INTEGER NOT NULL);"
      "CREATE INDEX idx_traffic_type ON traffic_logs(trafficType);"};
}

void LogTables::Load(Database& database) {
  Statement select(database,
                   "SELECT id, timeNs, sourceIp, destinationIp, sourcePort,"
                   " destinationPort, protocolNumber, trafficType, packetSize,"
                   " throughput, priority FROM traffic_logs"
                   " ORDER BY id DESC LIMIT ?");
  select.Bind(static_cast<int64_t>(limit_));
  std::vector<LogRow> rows;
  while (select.Step()) {
    LogRow row;
    int column = 0;
    row.id = select.Integer(column++);
    row.record.time_ns = select.Integer(column++);
    row.record.src = ParseHost(select.Text(column++));
    row.record.dst = ParseHost(select.Text(column++));
    row.record.has_ports = !select.IsNull(column);
    row.record.src_port = static_cast<uint16_t>(select.Integer(column++));
    row.record.dst_port = static_cast<uint16_t>(select.Integer(column++));
    row.record.protocol = static_cast<Protocol>(select.Integer(column++));
    row.record.traffic_class = log_->Find(select.Text(column++));
    row.record.wire_bytes = static_cast<uint32_t>(select.Integer(column++));
    row.throughput_mbps = select.Real(column++);
    row.priority = static_cast<int>(select.Integer(column++));
    rows.push_back(row);
  }
  rows_->AddOld(rows);
}

void LogTables::Save(Database& database) {
  const LogRows::Pending pending = rows_->ToKeep();
  written_id_ = pending.rows.empty() ? 0 : pending.rows.back().id;
  Statement insert(
      database,
      "INSERT OR REPLACE INTO traffic_logs (id, timestamp, sourceIp,"
      " destinationIp, sourcePort, destinationPort, protocol, trafficType,"
      " packetSize, throughput, priority, createdAt, timeNs, protocolNumber)"
      " VALUES (?, ?, ?, ?, CAST(? AS INTEGER), CAST(? AS INTEGER),"
      " ?, ?, ?, ?, ?, ?, ?, ?)");
  const int64_t now_ns = WallTimeNs();
  const std::string created_at = UtcText(now_ns);
  for (const LogRow& row : pending.rows) {
    const PacketRecord& record = row.record;
    insert.Run(row.id, MicrosecondText(record.time_ns), ToString(record.src),
               ToString(record.dst), PortOf(record, record.src_port),
               PortOf(record, record.dst_port), ProtocolName(record.protocol),
               log_->ClassName(record.traffic_class),
               int64_t{record.wire_bytes}, row.throughput_mbps,
               int64_t{row.priority}, created_at, record.time_ns,
               int64_t{record.protocol});
  }
  if (pending.oldest_id == 0) return;
  Statement remove(database, "DELETE FROM traffic_logs WHERE id < ?");
  remove.Run(pending.oldest_id);
}

void LogTables::OnSaved() { rows_->KeptUpTo(written_id_); }

int64_t LogTables::DeleteOld(Database& database, int64_t now_s,
                             int64_t retention_days, int64_t limit) {
  if (retention_days == 0) return 0;
  constexpr int64_t kMicrosecondsPerSecond = 1'000'000;
  Statement remove(database,
                   "DELETE FROM traffic_logs WHERE id IN (SELECT id FROM"
                   " traffic_logs WHERE id < ? ORDER BY id LIMIT ?)");
  remove.Run(
      now_s * kMicrosecondsPerSecond - retention_days * kMicrosecondsPerDay,
      limit);
  return database.changes();
}

}  // namespace ntm::packet_log
