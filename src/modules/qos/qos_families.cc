#include "qos_families.h"

#include <array>

#include "ntm/exposition/family.h"

namespace ntm::qos {
namespace {

struct Gauge {
  const char* name;
  const char* help;
  double (*value)(const ClassShare&);
};

constexpr std::array kGauges = {
    Gauge{"ntm_qos_min_bytes_per_second",
          "Minimum bandwidth guaranteed by the class's rule.",
          [](const ClassShare& c) { return c.min_bytes_per_second; }},
    Gauge{"ntm_qos_max_bytes_per_second",
          "Maximum bandwidth allowed by the class's rule.",
          [](const ClassShare& c) { return c.max_bytes_per_second; }},
    Gauge{"ntm_qos_predicted_bytes_per_second", "Expected demand of the class.",
          [](const ClassShare& c) { return c.demand_bytes_per_second; }},
    Gauge{"ntm_qos_allocated_bytes_per_second",
          "Bandwidth allocated to the class.",
          [](const ClassShare& c) { return c.allocated_bytes_per_second; }},
    Gauge{"ntm_qos_used_bytes_per_second",
          "Transmit rate of the class over the last tick.",
          [](const ClassShare& c) { return c.used_bytes_per_second; }},
    Gauge{"ntm_qos_priority", "Priority of the class, 0 to 3.",
          [](const ClassShare& c) { return static_cast<double>(c.priority); }},
    Gauge{"ntm_qos_dscp", "DSCP in the class's rule.",
          [](const ClassShare& c) { return static_cast<double>(c.dscp); }}};

}  // namespace

std::vector<prometheus::MetricFamily> QosFamilies(const QosReport& report) {
  std::vector<prometheus::MetricFamily> families;
  for (const Gauge& gauge : kGauges) {
    auto family = GaugeFamily(gauge.name, gauge.help);
    for (const ClassShare& share : report.classes) {
      AddSample(&family, {{"class", share.name}}, gauge.value(share));
    }
    families.push_back(std::move(family));
  }
  auto total = GaugeFamily("ntm_qos_total_bytes_per_second",
                           "Capacity of the link that is allocated.");
  AddSample(&total, {{"interface", report.interface}},
            report.total_bytes_per_second);
  families.push_back(std::move(total));
  auto enforced = GaugeFamily(
      "ntm_qos_enforced", "1 while the queues of the link enforce the rules.");
  AddSample(&enforced, {{"interface", report.interface}},
            report.enforced ? 1 : 0);
  families.push_back(std::move(enforced));
  auto marked = GaugeFamily("ntm_qos_marked",
                            "1 while outgoing packets are marked with the DSCP "
                            "of their class's rule.");
  AddSample(&marked, {{"interface", report.interface}}, report.marked ? 1 : 0);
  families.push_back(std::move(marked));
  return families;
}

}  // namespace ntm::qos
