#include "readings.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "ntm/base/counter_growth.h"
#include "ntm/base/shown_units.h"

namespace ntm::alerts {
namespace {

// An agent silent for longer than this is taken as removed, not as failed.
constexpr int64_t kAgentGivenUpNs = int64_t{24} * 3600 * 1'000'000'000;

double Ratio(double part, double whole) { return whole > 0 ? part / whole : 0; }

void AddSeries(const Snapshot& snapshot, std::vector<Reading>* readings) {
  if (snapshot.series_limit == 0) return;
  readings->push_back(
      {KindId::kSeriesLimit, "",
       Ratio(static_cast<double>(snapshot.flows.size()),
             static_cast<double>(snapshot.series_limit)),
       1,
       fmt::format("{} of {}", snapshot.flows.size(), snapshot.series_limit)});
}

void AddAgents(const AgentReport& report, int64_t time_ns, double seconds,
               std::vector<Reading>* readings) {
  for (const AgentSample& agent : report.agents) {
    if (agent.last_update_ns <= 0 ||
        time_ns - agent.last_update_ns > kAgentGivenUpNs) {
      continue;
    }
    readings->push_back(
        {KindId::kAgentStale, agent.id, agent.active ? 0.0 : 1.0, 1, ""});
    if (!agent.active || agent.max_bytes_per_second <= 0) continue;
    const double both =
        agent.receive_bytes_per_second + agent.transmit_bytes_per_second;
    readings->push_back({KindId::kAgentUtilization, agent.id,
                         Ratio(both, agent.max_bytes_per_second), seconds,
                         RateText(agent.max_bytes_per_second)});
  }
}

void AddClasses(const QosReport& report, double seconds,
                std::vector<Reading>* readings) {
  for (const ClassShare& share : report.classes) {
    if (share.max_bytes_per_second <= 0) continue;
    readings->push_back(
        {KindId::kClassAboveMax, share.name,
         Ratio(share.used_bytes_per_second, share.max_bytes_per_second),
         seconds, RateText(share.max_bytes_per_second)});
  }
}

// The busier direction of each interface at the site's boundary; other
// interfaces carry the same traffic again.
void AddUtilization(const SiteReport& site, double seconds,
                    std::vector<Reading>* readings) {
  for (const SiteInterface& boundary : site.interfaces) {
    if (!boundary.down_bytes_per_second || boundary.max_is_assumed ||
        boundary.max_bytes_per_second <= 0) {
      continue;
    }
    readings->push_back({KindId::kLinkUtilization, boundary.name,
                         std::max(*boundary.down_bytes_per_second,
                                  boundary.up_bytes_per_second.value_or(0)) /
                             boundary.max_bytes_per_second,
                         seconds, RateText(boundary.max_bytes_per_second)});
  }
}

// The highest forecast of a boundary interface, over all horizons and
// directions. Where the kernel counters do not tell down from up, those of the
// whole site.
void AddForecasts(const ForecastReport& report, const SiteReport& site,
                  std::vector<Reading>* readings) {
  for (const SiteInterface& boundary : site.interfaces) {
    if (boundary.max_is_assumed) continue;
    const std::string interface =
        boundary.sense == SiteSense::kUnknown ? kTotalInterface : boundary.name;
    const BandwidthForecast* highest = nullptr;
    for (const BandwidthForecast& forecast : report.forecasts) {
      if (forecast.interface != interface || !forecast.traffic_class.empty()) {
        continue;
      }
      if (highest == nullptr || forecast.required_bytes_per_second >
                                    highest->required_bytes_per_second) {
        highest = &forecast;
      }
    }
    if (highest == nullptr) continue;
    readings->push_back(
        {KindId::kPredictedSaturation, boundary.name,
         Ratio(highest->required_bytes_per_second,
               boundary.max_bytes_per_second),
         1,
         fmt::format("{} within {} minutes, {}", highest->direction,
                     highest->horizon_seconds / 60,
                     RateText(highest->required_bytes_per_second))});
  }
}

void AddHostQuotas(const UsageReport& usage, std::vector<Reading>* readings) {
  constexpr double kGigabyte = 1e9;
  for (const HostQuotaUse& host : usage.host_quotas) {
    if (host.quota_bytes == 0) continue;
    const auto quota = static_cast<double>(host.quota_bytes);
    const double used = Ratio(static_cast<double>(host.used_bytes), quota);
    const std::string of = fmt::format("quota of {:.4g} GB per {}",
                                       quota / kGigabyte, host.period);
    const bool is_only = std::ranges::count(usage.host_quotas, host.host,
                                            &HostQuotaUse::host) == 1;
    const std::string subject =
        is_only ? host.host : host.host + " per " + host.period;
    readings->push_back({KindId::kHostQuotaNear, subject, used, 1, of});
    readings->push_back({KindId::kHostQuotaExceeded, subject, used, 1, of});
  }
}

void AddNewHosts(const DeviceReport& devices, std::vector<Reading>* readings) {
  for (const NewDevice& device : devices.new_devices) {
    readings->push_back({KindId::kNewHost, device.id,
                         device.is_over ? 0.0 : 1.0, 1, device.description});
  }
}

// As in prometheus/ntm.alerts.yml: a link or a server that is hardly used says
// nothing.
void AddHealth(const SteadyHealth& health, std::vector<Reading>* readings) {
  constexpr double kSegmentsPerSecond = 10;
  constexpr double kQuestionsPerSecond = 0.1;
  const auto is_used = [&health](uint64_t count, double per_second) {
    return static_cast<double>(count) > per_second * health.seconds;
  };
  const auto add_sent = [&](const char* direction, const SentSegments& sent) {
    if (!is_used(sent.segments, kSegmentsPerSecond)) return;
    readings->push_back({KindId::kRetransmissions, direction,
                         Ratio(static_cast<double>(sent.retransmitted),
                               static_cast<double>(sent.segments)),
                         1, ""});
  };
  add_sent("downloads", health.down);
  add_sent("uploads", health.up);
  for (const NameServerHealth& server : health.name_servers) {
    if (is_used(server.times.count, kQuestionsPerSecond)) {
      readings->push_back({KindId::kDnsSlow, server.server,
                           server.times.median_seconds, 1, ""});
    }
    if (is_used(server.questions, kQuestionsPerSecond)) {
      readings->push_back(
          {KindId::kDnsFailing, server.server,
           Ratio(static_cast<double>(server.failed),
                 static_cast<double>(server.questions)),
           1, fmt::format("{} of {}", server.failed, server.questions)});
    }
  }
  const bool is_conflict = !health.address_conflict.empty();
  readings->push_back({KindId::kAddressConflict, "", is_conflict ? 1.0 : 0.0,
                       is_conflict ? 1.0 : 0.0, health.address_conflict});
}

void AddUsage(const UsageReport& usage, std::vector<Reading>* readings) {
  if (usage.quota_bytes == 0) return;
  const auto quota = static_cast<double>(usage.quota_bytes);
  const double used = Ratio(static_cast<double>(usage.used_bytes), quota);
  constexpr double kGigabyte = 1e9;
  const std::string of = fmt::format("{:.1f} GB", quota / kGigabyte);
  readings->push_back({KindId::kQuotaNear, "", used, 1, of});
  readings->push_back({KindId::kQuotaExceeded, "", used, 1, of});
  readings->push_back(
      {KindId::kQuotaExpected, "", Ratio(usage.expected_bytes, quota), 1, of});
}

}  // namespace

std::vector<Reading> Readings::Read(const Tick& tick) {
  std::vector<Reading> readings;
  const double seconds = std::chrono::duration<double>(tick.elapsed).count();
  if (tick.snapshot != nullptr) {
    AddCaptures(*tick.snapshot, seconds, &readings);
    AddSeries(*tick.snapshot, &readings);
  }
  const Reports& reports = tick.reports;
  if (reports.interfaces)
    AddInterfaces(*reports.interfaces, seconds, &readings);
  if (reports.agents) {
    AddAgents(*reports.agents, tick.time_ns, seconds, &readings);
  }
  if (reports.qos) AddClasses(*reports.qos, seconds, &readings);
  if (reports.forecast && reports.interfaces) {
    AddForecasts(*reports.forecast, reports.interfaces->site, &readings);
  }
  if (reports.history) {
    readings.push_back({KindId::kDatabaseFailing, "",
                        reports.history->works ? 0.0 : 1.0, 1,
                        reports.history->problem});
  }
  if (reports.usage) {
    AddUsage(*reports.usage, &readings);
    AddHostQuotas(*reports.usage, &readings);
  }
  if (reports.devices) AddNewHosts(*reports.devices, &readings);
  if (reports.health) AddHealth(reports.health->steady, &readings);
  return readings;
}

void Readings::AddCaptures(const Snapshot& snapshot, double seconds,
                           std::vector<Reading>* readings) {
  for (const CaptureCounters& capture : snapshot.captures) {
    readings->push_back({KindId::kCaptureDown, capture.interface,
                         capture.up ? 0.0 : 1.0, 1, capture.down_reason});
    const Counts now = {capture.received_packets,
                        capture.dropped_by_kernel_packets,
                        capture.dropped_by_interface_packets};
    const auto [entry, is_new] = captures_.try_emplace(capture.interface, now);
    const Counts before = entry->second;
    entry->second = now;
    if (is_new || seconds <= 0) continue;
    const uint64_t by_interface =
        CounterGrowth(before.dropped_by_interface, now.dropped_by_interface);
    const auto dropped = static_cast<double>(
        CounterGrowth(before.dropped_by_kernel, now.dropped_by_kernel) +
        by_interface);
    const auto frames = static_cast<double>(
        CounterGrowth(before.received, now.received) + by_interface);
    readings->push_back({KindId::kPacketsDropped, capture.interface,
                         dropped / seconds, seconds, ""});
    readings->push_back({KindId::kCoverageLow, capture.interface,
                         1 - Ratio(dropped, std::max(frames, dropped)), frames,
                         ""});
  }
}

void Readings::AddInterfaces(const InterfaceReport& report, double seconds,
                             std::vector<Reading>* readings) {
  AddUtilization(report.site, seconds, readings);
  std::map<std::string, uint64_t> errors;
  for (const InterfaceSample& sample : report.interfaces) {
    const uint64_t now = sample.receive_errors + sample.transmit_errors;
    errors[sample.name] = now;
    const auto before = interface_errors_.find(sample.name);
    if (before == interface_errors_.end() || seconds <= 0) continue;
    readings->push_back(
        {KindId::kInterfaceErrors, sample.name,
         static_cast<double>(CounterGrowth(before->second, now)) / seconds,
         seconds, ""});
  }
  interface_errors_ = std::move(errors);
}

const char* SubjectKindOf(KindId kind) noexcept {
  switch (kind) {
    case KindId::kLinkUtilization:
    case KindId::kPredictedSaturation:
    case KindId::kCaptureDown:
    case KindId::kPacketsDropped:
    case KindId::kCoverageLow:
    case KindId::kInterfaceErrors:
      return "interface";
    case KindId::kAgentUtilization:
    case KindId::kAgentStale:
      return "agent";
    case KindId::kClassAboveMax:
      return "class";
    case KindId::kHostQuotaNear:
    case KindId::kHostQuotaExceeded:
    case KindId::kNewHost:
      return "host";
    case KindId::kRetransmissions:
      return "direction";
    case KindId::kDnsSlow:
    case KindId::kDnsFailing:
      return "server";
    default:
      return "";
  }
}

}  // namespace ntm::alerts
