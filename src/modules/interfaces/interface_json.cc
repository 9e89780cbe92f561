#include "interface_json.h"

#include <nlohmann/json.hpp>

#include "interface_families.h"
#include "ntm/base/utc_text.h"
#include "ntm/http/json.h"

namespace ntm::interfaces {
namespace {

// Keeps the keys in insertion order.
using Json = nlohmann::ordered_json;

Json OrNull(const std::optional<double>& value) {
  return value ? Json(*value) : Json(nullptr);
}

void AddTraffic(const InterfaceSample& sample, Json* json) {
  Json& out = *json;
  out["receive_bytes_per_second"] = OrNull(sample.receive_bytes_per_second);
  out["transmit_bytes_per_second"] = OrNull(sample.transmit_bytes_per_second);
  out["receive_bytes_total"] = sample.receive_bytes;
  out["transmit_bytes_total"] = sample.transmit_bytes;
  out["max_bytes_per_second"] = sample.max_bytes_per_second;
  out["utilization_ratio"] = OrNull(Utilization(sample));
}

Json FiguresJson(const RateFigures& figures) {
  if (figures.seconds <= 0) return nullptr;
  return {{"peak_bytes_per_second", figures.peak_per_second},
          {"peak_time", UtcText(figures.peak_time_ns)},
          {"mean_bytes_per_second", figures.mean_per_second},
          {"watched_seconds", figures.seconds}};
}

Json PeriodsJson(const InterfaceLedger::Periods& periods, int64_t now_ns) {
  const auto both = [](const RateFigures& receive,
                       const RateFigures& transmit) {
    return Json{{"receive", FiguresJson(receive)},
                {"transmit", FiguresJson(transmit)}};
  };
  return {{"since_start",
           both(periods.receive.SinceStart(), periods.transmit.SinceStart())},
          {"last_hour", both(periods.receive.LastHour(now_ns),
                             periods.transmit.LastHour(now_ns))},
          {"last_day", both(periods.receive.LastDay(now_ns),
                            periods.transmit.LastDay(now_ns))}};
}

Json SampleJson(const InterfaceSample& sample, const InterfaceLedger& ledger,
                int64_t now_ns) {
  Json json = {{"interface", sample.name}, {"up", sample.up}};
  AddTraffic(sample, &json);
  json["receive_packets_total"] = sample.receive_packets;
  json["transmit_packets_total"] = sample.transmit_packets;
  json["receive_errors_total"] = sample.receive_errors;
  json["transmit_errors_total"] = sample.transmit_errors;
  json["receive_dropped_total"] = sample.receive_dropped;
  json["transmit_dropped_total"] = sample.transmit_dropped;
  if (sample.name != kTotalInterface) {
    json["speed_bits_per_second"] = sample.speed_bits_per_second == 0
                                        ? Json(nullptr)
                                        : Json(sample.speed_bits_per_second);
    json["mtu_bytes"] = sample.mtu_bytes;
    json["mac"] = sample.mac;
    json["addresses"] = sample.addresses;
  }
  if (const auto* periods = ledger.periods(sample.name)) {
    json["periods"] = PeriodsJson(*periods, now_ns);
  }
  return json;
}

Json SiteJson(const SiteReport& site) {
  Json list = Json::array();
  for (const SiteInterface& boundary : site.interfaces) {
    list.push_back(
        {{"interface", boundary.name},
         {"counted_by", boundary.sense == SiteSense::kUnknown ? "packets"
                        : boundary.sense == SiteSense::kReceiveIsDown
                            ? "receive is down"
                            : "transmit is down"},
         {"down_bytes_per_second", OrNull(boundary.down_bytes_per_second)},
         {"up_bytes_per_second", OrNull(boundary.up_bytes_per_second)},
         {"down_bytes_total", boundary.down_bytes},
         {"up_bytes_total", boundary.up_bytes},
         {"max_bytes_per_second", boundary.max_bytes_per_second}});
  }
  return {{"interfaces", std::move(list)},
          {"down_bytes_per_second", OrNull(site.down_bytes_per_second)},
          {"up_bytes_per_second", OrNull(site.up_bytes_per_second)},
          {"down_bytes_total", site.down_bytes},
          {"up_bytes_total", site.up_bytes},
          {"max_bytes_per_second", site.max_bytes_per_second}};
}

}  // namespace

HttpResponse AnswerInterfaces(const InterfaceReport& report,
                              const InterfaceLedger& ledger) {
  Json list = Json::array();
  for (const InterfaceSample& sample : report.interfaces) {
    list.push_back(SampleJson(sample, ledger, report.time_ns));
  }
  return JsonAnswer(
      200, {{"last_updated", UtcText(report.time_ns)},
            {"interfaces", std::move(list)},
            {"total", SampleJson(report.total, ledger, report.time_ns)},
            {"site", SiteJson(report.site)}});
}

HttpResponse AnswerSiteTraffic(const InterfaceReport& report) {
  const SiteReport& site = report.site;
  InterfaceSample whole;
  whole.name = kTotalInterface;
  whole.receive_bytes = site.down_bytes;
  whole.transmit_bytes = site.up_bytes;
  whole.receive_bytes_per_second = site.down_bytes_per_second;
  whole.transmit_bytes_per_second = site.up_bytes_per_second;
  whole.max_bytes_per_second = site.max_bytes_per_second;
  return AnswerCurrentTraffic(report, whole);
}

HttpResponse AnswerCurrentTraffic(const InterfaceReport& report,
                                  const InterfaceSample& sample) {
  Json json = {{"interface", sample.name}};
  AddTraffic(sample, &json);
  json["last_updated"] = UtcText(report.time_ns);
  return JsonAnswer(200, json);
}

}  // namespace ntm::interfaces
