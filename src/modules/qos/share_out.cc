#include "share_out.h"

#include <algorithm>
#include <optional>
#include <tuple>
#include <vector>

#include "allocation.h"

namespace ntm::qos {
namespace {

// Such a forecast has too little history to be better than the last minute.
constexpr char kRuleBased[] = "rule_based";

std::optional<double> Forecast(const ForecastReport* forecast,
                               const std::string& interface,
                               const std::string& name) {
  if (forecast == nullptr) return std::nullopt;
  const BandwidthForecast* nearest = nullptr;
  for (const BandwidthForecast& made : forecast->forecasts) {
    if (made.interface != interface || made.traffic_class != name ||
        made.direction != "transmit" || made.model == kRuleBased) {
      continue;
    }
    if (nearest == nullptr || made.horizon_seconds < nearest->horizon_seconds) {
      nearest = &made;
    }
  }
  if (nearest == nullptr) return std::nullopt;
  return nearest->required_bytes_per_second;
}

}  // namespace

QosReport ShareOut(const Link& link, const Rules& rules,
                   const TrafficClasses& classes, const ClassMeter& meter,
                   const ForecastReport* forecast, int64_t time_ns) {
  QosReport report;
  report.time_ns = time_ns;
  report.interface = link.interface;
  report.total_bytes_per_second = link.total_bytes_per_second;
  std::vector<Claim> claims;
  for (size_t at = kClassOther; at < classes.count(); ++at) {
    const auto id = static_cast<ClassId>(at);
    ClassShare share;
    share.name = classes.Name(id);
    share.max_bytes_per_second = link.total_bytes_per_second;
    if (const auto rule = rules.find(share.name); rule != rules.end()) {
      share.has_rule = true;
      share.priority = rule->second.priority;
      share.dscp = rule->second.dscp;
      share.min_bytes_per_second = rule->second.min_mbit * kBytesPerMbit;
      share.max_bytes_per_second = rule->second.max_mbit * kBytesPerMbit;
    }
    share.demand_bytes_per_second =
        Forecast(forecast, link.interface, share.name)
            .value_or(meter.LastMinute(id));
    share.used_bytes_per_second = meter.LastTick(id);
    claims.push_back({share.demand_bytes_per_second, share.min_bytes_per_second,
                      share.max_bytes_per_second, share.priority});
    report.classes.push_back(std::move(share));
  }
  const auto shares = Allocate(claims, link.total_bytes_per_second);
  for (size_t i = 0; i < shares.size(); ++i) {
    report.classes[i].allocated_bytes_per_second = shares[i];
  }
  std::ranges::sort(report.classes, [](const auto& a, const auto& b) {
    return std::tuple(-a.priority, a.name) < std::tuple(-b.priority, b.name);
  });
  return report;
}

}  // namespace ntm::qos
