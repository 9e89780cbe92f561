#include "log_api.h"

#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>

#include "csv_file.h"
#include "ntm/base/whole_number.h"
#include "ntm/http/json.h"

namespace ntm::packet_log {
namespace {

using nlohmann::ordered_json;

constexpr int kBadRequest = 400;
constexpr int64_t kDefaultLimit = 100;
constexpr int64_t kMostRows = 1000;
constexpr int64_t kMost = int64_t{1} << 53;

int64_t Number(const HttpRequest& request, const char* name, int64_t otherwise,
               int64_t min, int64_t max) {
  const auto asked = request.Parameter(name);
  if (!asked) return otherwise;
  if (const auto value = ParseWholeNumber(*asked, min, max)) return *value;
  throw std::invalid_argument(
      std::string(name) + ": '" + *asked + "' is not a whole number from " +
      std::to_string(min) + " to " + std::to_string(max));
}

ordered_json PortJson(const PacketRecord& record, uint16_t port) {
  return record.has_ports ? ordered_json(port) : ordered_json(nullptr);
}

ordered_json JsonOf(const LogRow& row, const PacketLog& log) {
  const PacketRecord& record = row.record;
  return {{"id", row.id},
          {"timestamp", MicrosecondText(record.time_ns)},
          {"sourceIp", ToString(record.src)},
          {"destinationIp", ToString(record.dst)},
          {"sourcePort", PortJson(record, record.src_port)},
          {"destinationPort", PortJson(record, record.dst_port)},
          {"protocol", ProtocolName(record.protocol)},
          {"trafficType", log.ClassName(record.traffic_class)},
          {"packetSize", record.wire_bytes},
          {"throughput", row.throughput_mbps},
          {"priority", row.priority}};
}

HttpResponse Answer(const LogRows& rows, const PacketLog& log,
                    const HttpRequest& request) {
  const int64_t limit = Number(request, "limit", kDefaultLimit, 1, kMostRows);
  const int64_t offset = Number(request, "offset", 0, 0, kMost);
  const int64_t before = Number(request, "before", 0, 1, kMost);
  ClassId traffic_class = kNoClass;
  if (const auto type = request.Parameter("type")) {
    traffic_class = log.Find(*type);
    if (traffic_class == kNoClass) {
      throw std::invalid_argument("type: unknown class '" + *type + "'");
    }
  }
  ordered_json list = ordered_json::array();
  for (const LogRow& row :
       rows.Page(traffic_class, before, static_cast<size_t>(offset),
                 static_cast<size_t>(limit))) {
    list.push_back(JsonOf(row, log));
  }
  return JsonAnswer(200, {{"logs", list},
                          {"sample", "1/" + std::to_string(log.one_of())},
                          {"rows", rows.size()}});
}

}  // namespace

HttpResponse ListLogs(const LogRows& rows, const PacketLog& log,
                      const HttpRequest& request) {
  try {
    return Answer(rows, log, request);
  } catch (const std::invalid_argument& error) {
    return JsonError(kBadRequest, error.what());
  }
}

HttpResponse NoLogs() {
  return JsonAnswer(
      200, {{"logs", ordered_json::array()}, {"sample", nullptr}, {"rows", 0}});
}

}  // namespace ntm::packet_log
