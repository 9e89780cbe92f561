#include "live_json.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "ntm/base/build_info.h"
#include "ntm/base/shown_units.h"
#include "ntm/base/utc_text.h"
#include "ntm/http/json.h"

namespace ntm::web {
namespace {

constexpr size_t kShownAlerts = 10;
constexpr size_t kShownForecasts = 100;
constexpr double kMsPerSecond = 1000;

// null if the value is not known.
Json OrNull(const std::optional<double>& value) {
  return value ? Json(*value) : Json(nullptr);
}

struct Losses {
  uint64_t packets = 0;
  uint64_t received = 0;
  uint64_t dropped = 0;

  // The share of the frames matching the filter that was counted.
  double Coverage() const {
    if (received == 0) return 1;
    return static_cast<double>(received - std::min(dropped, received)) /
           static_cast<double>(received);
  }
};

Losses LossesOf(const Snapshot& snapshot) {
  Losses losses;
  for (const CaptureCounters& capture : snapshot.captures) {
    losses.packets += capture.packets;
    losses.received += capture.received_packets;
    losses.dropped += capture.dropped_by_kernel_packets;
  }
  return losses;
}

Json CapturesJson(const Snapshot& snapshot) {
  Json list = Json::array();
  for (const CaptureCounters& capture : snapshot.captures) {
    const Losses losses{capture.packets, capture.received_packets,
                        capture.dropped_by_kernel_packets};
    list.push_back({{"interface", capture.interface},
                    {"up", capture.up},
                    {"down_reason", capture.down_reason},
                    {"packets_total", capture.packets},
                    {"dropped_packets_total", losses.dropped},
                    {"coverage_ratio", losses.Coverage()}});
  }
  return list;
}

struct Both {
  double bytes_per_second = 0;
  uint64_t bytes = 0;
};

// If the kernel's counters do not tell down from up and the interface is not
// captured, down is receive and up is transmit, and "sense" is "kernel".
Json SourceJson(const InterfaceSample& sample, const SiteReport& site) {
  const auto boundary =
      std::ranges::find(site.interfaces, sample.name, &SiteInterface::name);
  Both down{sample.receive_bytes_per_second.value_or(0), sample.receive_bytes};
  Both up{sample.transmit_bytes_per_second.value_or(0), sample.transmit_bytes};
  if (boundary != site.interfaces.end()) {
    down = {boundary->down_bytes_per_second.value_or(0), boundary->down_bytes};
    up = {boundary->up_bytes_per_second.value_or(0), boundary->up_bytes};
  } else if (sample.sense == SiteSense::kTransmitIsDown) {
    std::swap(down, up);
  }
  const bool is_kernels =
      boundary == site.interfaces.end() && sample.sense == SiteSense::kUnknown;
  return {{"id", sample.name},
          {"kind", "interface"},
          {"sense", is_kernels ? "kernel" : "site"},
          {"active", up.bytes_per_second + down.bytes_per_second > 0},
          {"up_bytes_per_second", up.bytes_per_second},
          {"down_bytes_per_second", down.bytes_per_second},
          {"up_bytes_total", up.bytes},
          {"down_bytes_total", down.bytes},
          {"max_bytes_per_second", sample.max_bytes_per_second}};
}

Json SourceJson(const AgentSample& sample) {
  const double up = sample.active ? sample.transmit_bytes_per_second : 0;
  const double down = sample.active ? sample.receive_bytes_per_second : 0;
  return {{"id", sample.id},
          {"kind", "agent"},
          {"sense", "site"},
          {"active", up + down > 0},
          {"up_bytes_per_second", up},
          {"down_bytes_per_second", down},
          {"up_bytes_total", sample.transmit_bytes},
          {"down_bytes_total", sample.receive_bytes},
          {"max_bytes_per_second", sample.max_bytes_per_second}};
}

// Interfaces and agents, the busiest first.
Json SourcesJson(const Reports& reports) {
  std::vector<Json> list;
  if (reports.interfaces) {
    for (const InterfaceSample& sample : reports.interfaces->interfaces) {
      list.push_back(SourceJson(sample, reports.interfaces->site));
    }
  }
  if (reports.agents) {
    for (const AgentSample& sample : reports.agents->agents) {
      list.push_back(SourceJson(sample));
    }
  }
  const auto rate = [](const Json& source) {
    return source["up_bytes_per_second"].get<double>() +
           source["down_bytes_per_second"].get<double>();
  };
  std::ranges::stable_sort(
      list, [&](const Json& a, const Json& b) { return rate(a) > rate(b); });
  return list;
}

Json TotalJson(const Reports& reports) {
  if (!reports.interfaces) return nullptr;
  const SiteReport& site = reports.interfaces->site;
  std::optional<double> utilization;
  if (site.down_bytes_per_second && site.up_bytes_per_second &&
      site.max_bytes_per_second > 0) {
    utilization =
        std::max(*site.down_bytes_per_second, *site.up_bytes_per_second) /
        site.max_bytes_per_second;
  }
  Json interfaces = Json::array();
  for (const SiteInterface& boundary : site.interfaces) {
    interfaces.push_back(boundary.name);
  }
  return {{"interfaces", std::move(interfaces)},
          {"up_bytes_per_second", OrNull(site.up_bytes_per_second)},
          {"down_bytes_per_second", OrNull(site.down_bytes_per_second)},
          {"up_bytes_total", site.up_bytes},
          {"down_bytes_total", site.down_bytes},
          {"max_bytes_per_second", site.max_bytes_per_second},
          {"utilization_ratio", OrNull(utilization)}};
}

Json StatsJson(const LiveMoment& moment) {
  const Losses losses = LossesOf(moment.snapshot);
  return {{"total_flows", moment.snapshot.flows.size()},
          {"active_flows", moment.view.active_flows},
          {"series_limit", moment.snapshot.series_limit},
          {"total_packets", losses.packets},
          {"dropped_packets", losses.dropped},
          {"coverage_ratio", losses.Coverage()},
          {"active_alerts", moment.reports.alerts
                                ? Json(moment.reports.alerts->active.size())
                                : Json(nullptr)}};
}

Json FlowsJson(const LiveView& view) {
  Json list = Json::array();
  for (const ActiveFlow& flow : view.flows) {
    const std::string name = flow.traffic_class < view.classes.size()
                                 ? view.classes[flow.traffic_class].name
                                 : "";
    Json one = {{"src", flow.src},
                {"dst", flow.dst},
                {"proto", flow.protocol},
                {"service", flow.service},
                {"class", name},
                {"bytes_per_second", flow.bytes_per_second},
                {"bytes_total", flow.bytes}};
    if (!flow.src_name.empty()) one["src_name"] = flow.src_name;
    if (!flow.dst_name.empty()) one["dst_name"] = flow.dst_name;
    list.push_back(std::move(one));
  }
  return list;
}

Json TalkersJson(const std::vector<Talker>& talkers) {
  Json list = Json::array();
  for (const Talker& talker : talkers) {
    Json one = {{"name", talker.name},
                {"up_bytes_per_second", talker.up_bytes_per_second},
                {"down_bytes_per_second", talker.down_bytes_per_second},
                {"up_bytes_total", talker.up_bytes},
                {"down_bytes_total", talker.down_bytes}};
    if (!talker.host_name.empty()) one["host_name"] = talker.host_name;
    if (!talker.vendor.empty()) one["vendor"] = talker.vendor;
    if (!talker.addresses.empty()) one["addresses"] = talker.addresses;
    list.push_back(std::move(one));
  }
  return list;
}

Json AlertsJson(const Reports& reports) {
  if (!reports.alerts) return nullptr;
  Json list = Json::array();
  for (const Alert& alert : reports.alerts->active) {
    if (list.size() == kShownAlerts) break;
    list.push_back({{"id", alert.id},
                    {"name", alert.name},
                    {"severity", alert.severity},
                    {"subject", alert.subject},
                    {"message", alert.message},
                    {"timestamp", UtcText(alert.began_ns)}});
  }
  return list;
}

Json QosJson(const Reports& reports) {
  if (!reports.qos) return nullptr;
  Json classes = Json::array();
  for (const ClassShare& share : reports.qos->classes) {
    classes.push_back(
        {{"class", share.name},
         {"priority", share.priority},
         {"dscp", share.dscp},
         {"min_bytes_per_second", share.min_bytes_per_second},
         {"max_bytes_per_second", share.max_bytes_per_second},
         {"demand_bytes_per_second", share.demand_bytes_per_second},
         {"allocated_bytes_per_second", share.allocated_bytes_per_second},
         {"used_bytes_per_second", share.used_bytes_per_second}});
  }
  return {{"interface", reports.qos->interface},
          {"total_bytes_per_second", reports.qos->total_bytes_per_second},
          {"enforced", reports.qos->enforced},
          {"classes", std::move(classes)}};
}

Json ForecastsJson(const Reports& reports) {
  if (!reports.forecast) return nullptr;
  Json list = Json::array();
  for (const BandwidthForecast& forecast : reports.forecast->forecasts) {
    if (list.size() == kShownForecasts) break;
    list.push_back(
        {{"interface", forecast.interface},
         {"direction", forecast.direction},
         {"class", forecast.traffic_class},
         {"horizon_seconds", forecast.horizon_seconds},
         {"bytes_per_second", forecast.bytes_per_second},
         {"lower_bytes_per_second", forecast.lower_bytes_per_second},
         {"upper_bytes_per_second", forecast.upper_bytes_per_second},
         {"required_bytes_per_second", forecast.required_bytes_per_second},
         {"confidence_ratio", forecast.confidence_ratio},
         {"model", forecast.model}});
  }
  return list;
}

Json AnswerTimesJson(const AnswerTimes& times) {
  return {{"count", times.count},
          {"median_seconds", times.median_seconds},
          {"p95_seconds", times.p95_seconds}};
}

Json SentJson(const SentSegments& sent) {
  return {{"segments", sent.segments},
          {"retransmitted_segments", sent.retransmitted},
          {"retransmitted_ratio", OrNull(sent.Ratio())}};
}

Json HealthJson(const Reports& reports) {
  if (!reports.health) return nullptr;
  const HealthReport& health = *reports.health;
  Json services = Json::array();
  for (const ServiceHealth& service : health.services) {
    services.push_back({{"service", service.service},
                        {"segments", service.sent.segments},
                        {"retransmitted_segments", service.sent.retransmitted},
                        {"connections", service.connections},
                        {"failed_connections", service.failed_connections}});
  }
  Json hour = Json::array();
  for (const HealthMinute& minute : health.hour) {
    hour.push_back({{"timestamp", UtcText(minute.time_ns)},
                    {"internet_seconds", OrNull(minute.remote_seconds)},
                    {"local_seconds", OrNull(minute.local_seconds)},
                    {"dns_seconds", OrNull(minute.dns_seconds)},
                    {"up_retransmitted_ratio", OrNull(minute.up_ratio)},
                    {"down_retransmitted_ratio", OrNull(minute.down_ratio)}});
  }
  return {{"seconds", health.seconds},
          {"well", health.is_well},
          {"findings", health.findings},
          {"history", health.has_past},
          {"internet", AnswerTimesJson(health.remote)},
          {"local", AnswerTimesJson(health.local)},
          {"up", SentJson(health.up)},
          {"down", SentJson(health.down)},
          {"connections",
           {{"count", health.connections},
            {"refused", health.refused_connections},
            {"unanswered", health.unanswered_connections}}},
          {"dns",
           {{"questions", health.dns_questions},
            {"failures", health.dns_failures},
            {"unanswered", health.dns_unanswered},
            {"median_seconds", health.dns.median_seconds},
            {"p95_seconds", health.dns.p95_seconds}}},
          {"services", std::move(services)},
          {"hour", std::move(hour)}};
}

Json FeaturesJson(const Reports& reports) {
  return {{"interfaces", reports.interfaces != nullptr},
          {"agents", reports.agents != nullptr},
          {"history", reports.history != nullptr},
          {"usage", reports.usage != nullptr},
          {"qos", reports.qos != nullptr},
          {"forecast", reports.forecast != nullptr},
          {"alerts", reports.alerts != nullptr},
          {"health", reports.health != nullptr}};
}

}  // namespace

Json TrafficUpdate(const LiveMoment& moment) {
  const Reports& reports = moment.reports;
  return {{"timestamp", UtcText(moment.snapshot.time_ns)},
          {"features", FeaturesJson(reports)},
          {"stats", StatsJson(moment)},
          {"total", TotalJson(reports)},
          {"sources", SourcesJson(reports)},
          {"captures", CapturesJson(moment.snapshot)},
          {"active_flows", FlowsJson(moment.view)},
          {"local_hosts", TalkersJson(moment.view.local_hosts)},
          {"remote_hosts", TalkersJson(moment.view.remote_hosts)},
          {"services", TalkersJson(moment.view.services)},
          {"alerts", AlertsJson(reports)},
          {"qos", QosJson(reports)},
          {"forecasts", ForecastsJson(reports)},
          {"health", HealthJson(reports)}};
}

Json TrafficByType(const LiveMoment& moment) {
  Json json = {{"timestamp", UtcText(moment.snapshot.time_ns)}};
  for (size_t i = 1; i < moment.view.classes.size(); ++i) {
    const ClassRate& rate = moment.view.classes[i];
    json[rate.name] = {{"count", rate.active_flows},
                       {"bytes_per_second", rate.bytes_per_second},
                       {"bytes_total", rate.bytes}};
  }
  return json;
}

Json AboutJson(const LiveMoment& moment, std::chrono::milliseconds interval) {
  return {{"service", "ntm"},
          {"version", kVersion},
          {"revision", kRevision},
          {"interval_seconds",
           static_cast<double>(interval.count()) / kMsPerSecond},
          {"units", GetShownUnits() == ShownUnits::kBits ? "bits" : "bytes"},
          {"features", FeaturesJson(moment.reports)}};
}

}  // namespace ntm::web
