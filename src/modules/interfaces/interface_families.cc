#include "interface_families.h"

#include <algorithm>
#include <string>

#include "bandwidth.h"
#include "ntm/exposition/family.h"

namespace ntm::interfaces {
namespace {

using prometheus::MetricFamily;

struct CounterRow {
  const char* name;
  const char* help;
  uint64_t InterfaceSample::*value;
};
constexpr CounterRow kCounters[] = {
    {"ntm_interface_receive_bytes_total", "Bytes received.",
     &InterfaceSample::receive_bytes},
    {"ntm_interface_transmit_bytes_total", "Bytes transmitted.",
     &InterfaceSample::transmit_bytes},
    {"ntm_interface_receive_packets_total", "Packets received.",
     &InterfaceSample::receive_packets},
    {"ntm_interface_transmit_packets_total", "Packets transmitted.",
     &InterfaceSample::transmit_packets},
    {"ntm_interface_receive_errors_total", "Receive errors.",
     &InterfaceSample::receive_errors},
    {"ntm_interface_transmit_errors_total", "Transmit errors.",
     &InterfaceSample::transmit_errors},
    {"ntm_interface_receive_dropped_total",
     "Received packets dropped by the kernel or the hardware.",
     &InterfaceSample::receive_dropped},
    {"ntm_interface_transmit_dropped_total",
     "Packets dropped before transmission.",
     &InterfaceSample::transmit_dropped},
};

// A gauge of `value`, for the interfaces that have it.
template <typename Value>
MetricFamily Gauge(const InterfaceReport& report, const char* name,
                   const char* help, Value value) {
  MetricFamily family = GaugeFamily(name, help);
  for (const InterfaceSample& sample : report.interfaces) {
    const std::optional<double> number = value(sample);
    if (number) AddSample(&family, {{"interface", sample.name}}, *number);
  }
  return family;
}

std::optional<double> Speed(const InterfaceSample& sample) {
  if (sample.speed_bits_per_second == 0) return std::nullopt;
  return static_cast<double>(sample.speed_bits_per_second) / kBitsPerByte;
}

MetricFamily Info(const InterfaceReport& report) {
  MetricFamily family = GaugeFamily("ntm_interface_info",
                                    "Properties of the interface; always 1.");
  for (const InterfaceSample& sample : report.interfaces) {
    AddSample(&family, {{"interface", sample.name}, {"mac", sample.mac}}, 1);
  }
  return family;
}

MetricFamily Site(const SiteReport& site, const char* name, const char* help,
                  uint64_t SiteInterface::*bytes) {
  MetricFamily family = CounterFamily(name, help);
  for (const SiteInterface& boundary : site.interfaces) {
    AddSample(&family, {{"interface", boundary.name}},
              static_cast<double>(boundary.*bytes));
  }
  return family;
}

}  // namespace

std::optional<double> Utilization(const InterfaceSample& sample) {
  if (!sample.receive_bytes_per_second || sample.max_bytes_per_second <= 0) {
    return std::nullopt;
  }
  return std::max(*sample.receive_bytes_per_second,
                  *sample.transmit_bytes_per_second) /
         sample.max_bytes_per_second;
}

std::vector<MetricFamily> InterfaceFamilies(const InterfaceReport& report) {
  std::vector<MetricFamily> families;
  for (const CounterRow& row : kCounters) {
    MetricFamily family = CounterFamily(row.name, row.help);
    for (const InterfaceSample& sample : report.interfaces) {
      AddSample(&family, {{"interface", sample.name}},
                static_cast<double>(sample.*row.value));
    }
    families.push_back(std::move(family));
  }
  families.push_back(Gauge(
      report, "ntm_interface_receive_bytes_per_second",
      "Receive rate over the last tick.",
      [](const InterfaceSample& s) { return s.receive_bytes_per_second; }));
  families.push_back(Gauge(
      report, "ntm_interface_transmit_bytes_per_second",
      "Transmit rate over the last tick.",
      [](const InterfaceSample& s) { return s.transmit_bytes_per_second; }));
  families.push_back(Gauge(
      report, "ntm_interface_utilization_ratio",
      "Rate of the busier direction divided by the capacity.", Utilization));
  families.push_back(Gauge(report, "ntm_interface_speed_bytes_per_second",
                           "Speed of the link as reported by its driver.",
                           Speed));
  families.push_back(Gauge(report, "ntm_interface_up",
                           "1 if the interface is up and has a carrier.",
                           [](const InterfaceSample& s) {
                             return std::optional<double>(s.up ? 1 : 0);
                           }));
  families.push_back(Gauge(report, "ntm_interface_mtu_bytes",
                           "MTU of the interface.",
                           [](const InterfaceSample& s) {
                             return std::optional<double>(s.mtu_bytes);
                           }));
  families.push_back(Info(report));
  families.push_back(Site(report.site, "ntm_site_down_bytes_total",
                          "Bytes to local hosts, at the site's boundary.",
                          &SiteInterface::down_bytes));
  families.push_back(Site(report.site, "ntm_site_up_bytes_total",
                          "Bytes from local hosts, at the site's boundary.",
                          &SiteInterface::up_bytes));
  return families;
}

}  // namespace ntm::interfaces
