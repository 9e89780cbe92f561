#include "queue_families.h"

#include <array>

#include "ntm/exposition/family.h"

namespace ntm::qos {
namespace {

struct Measure {
  const char* name;
  const char* help;
  uint64_t Queue::*value;
  bool is_counter;
};

constexpr std::array kMeasures = {
    Measure{"bytes_total", "Bytes that left the queue.", &Queue::bytes, true},
    Measure{"packets_total", "Packets that left the queue.", &Queue::packets,
            true},
    Measure{"drops_total", "Packets that the queue dropped.", &Queue::drops,
            true},
    Measure{"overlimits_total",
            "Times that the queue delayed packets to keep its limit.",
            &Queue::overlimits, true},
    Measure{"backlog_bytes", "Bytes waiting in the queue.",
            &Queue::backlog_bytes, false},
    Measure{"backlog_packets", "Packets waiting in the queue.",
            &Queue::backlog_packets, false}};

template <typename Of>
struct Detail {
  const char* name;
  const char* help;
  uint64_t Of::*value;
  bool is_counter;
  double unit = 1;
};

constexpr double kMicrosecond = 1e-6;

constexpr std::array kFqCodel = {
    Detail<FqCodelDetails>{"ecn_marks_total",
                           "Packets marked with ECN instead of dropped.",
                           &FqCodelDetails::ecn_marks, true},
    Detail<FqCodelDetails>{
        "overlimit_drops_total",
        "Times that the packet limit of the whole queue was hit.",
        &FqCodelDetails::overlimit_drops, true},
    Detail<FqCodelDetails>{"new_flows_total",
                           "Times that a packet started a new flow.",
                           &FqCodelDetails::new_flows, true},
    Detail<FqCodelDetails>{"new_list_flows", "Flows in the list of new flows.",
                           &FqCodelDetails::flows_in_new_list, false},
    Detail<FqCodelDetails>{"old_list_flows", "Flows in the list of old flows.",
                           &FqCodelDetails::flows_in_old_list, false},
    Detail<FqCodelDetails>{"memory_bytes",
                           "Memory used by the packets in the queue.",
                           &FqCodelDetails::memory_bytes, false}};

constexpr std::array kCake = {
    Detail<CakeDetails>{"capacity_bytes_per_second",
                        "Capacity of the link as estimated by CAKE.",
                        &CakeDetails::capacity_bytes_per_second, false},
    Detail<CakeDetails>{"memory_bytes",
                        "Memory used by the packets in the queue.",
                        &CakeDetails::memory_bytes, false}};

constexpr std::array kTin = {
    Detail<CakeTin>{"bytes_total", "Bytes that left the tin.", &CakeTin::bytes,
                    true},
    Detail<CakeTin>{"packets_total", "Packets that left the tin.",
                    &CakeTin::packets, true},
    Detail<CakeTin>{"drops_total", "Packets that the tin dropped.",
                    &CakeTin::drops, true},
    Detail<CakeTin>{"ecn_marks_total",
                    "Packets marked with ECN instead of dropped.",
                    &CakeTin::ecn_marks, true},
    Detail<CakeTin>{"backlog_bytes", "Bytes waiting in the tin.",
                    &CakeTin::backlog_bytes, false},
    Detail<CakeTin>{
        "threshold_bytes_per_second",
        "Threshold rate of the tin, up to which it has its priority.",
        &CakeTin::threshold_bytes_per_second, false},
    Detail<CakeTin>{"average_delay_seconds",
                    "Average delay of recent packets in the tin.",
                    &CakeTin::average_delay_us, false, kMicrosecond},
    Detail<CakeTin>{"peak_delay_seconds", "Peak delay of packets in the tin.",
                    &CakeTin::peak_delay_us, false, kMicrosecond}};

Labels LabelsOf(const Queue& queue) {
  return {{"interface", queue.interface},
          {"kind", queue.kind},
          {"handle", HandleText(queue.handle)},
          {"parent", HandleText(queue.parent)}};
}

// `each` calls its argument with the labels and the details of every queue that
// has such details.
template <typename Details, typename Each>
void AppendDetails(const std::string& prefix, const Details& details,
                   const Each& each,
                   std::vector<prometheus::MetricFamily>* families) {
  for (const auto& detail : details) {
    auto family = detail.is_counter
                      ? CounterFamily(prefix + detail.name, detail.help)
                      : GaugeFamily(prefix + detail.name, detail.help);
    each([&](const Labels& labels, const auto& values) {
      AddSample(&family, labels,
                static_cast<double>(values.*detail.value) * detail.unit);
    });
    if (!family.metric.empty()) families->push_back(std::move(family));
  }
}

void AppendAllDetails(const std::vector<Queue>& queues,
                      std::vector<prometheus::MetricFamily>* families) {
  AppendDetails(
      "ntm_qdisc_fq_codel_", kFqCodel,
      [&queues](const auto& take) {
        for (const Queue& queue : queues) {
          if (queue.details.fq_codel) {
            take(LabelsOf(queue), *queue.details.fq_codel);
          }
        }
      },
      families);
  AppendDetails(
      "ntm_qdisc_cake_", kCake,
      [&queues](const auto& take) {
        for (const Queue& queue : queues) {
          if (queue.details.cake) take(LabelsOf(queue), *queue.details.cake);
        }
      },
      families);
  AppendDetails(
      "ntm_qdisc_cake_tin_", kTin,
      [&queues](const auto& take) {
        for (const Queue& queue : queues) {
          if (!queue.details.cake) continue;
          for (size_t i = 0; i < queue.details.cake->tins.size(); ++i) {
            Labels labels = LabelsOf(queue);
            labels.emplace_back("tin", std::to_string(i));
            take(labels, queue.details.cake->tins[i]);
          }
        }
      },
      families);
}

}  // namespace

std::vector<prometheus::MetricFamily> QueueFamilies(
    const std::vector<Queue>& queues,
    const std::function<std::string(const Queue&)>& class_of) {
  std::vector<prometheus::MetricFamily> families;
  for (const bool of_classes : {false, true}) {
    for (const Measure& measure : kMeasures) {
      const std::string name =
          std::string(of_classes ? "ntm_qdisc_class_" : "ntm_qdisc_") +
          measure.name;
      auto family = measure.is_counter ? CounterFamily(name, measure.help)
                                       : GaugeFamily(name, measure.help);
      for (const Queue& queue : queues) {
        if (queue.is_class != of_classes) continue;
        Labels labels = LabelsOf(queue);
        if (of_classes) {
          labels.emplace_back("class", class_of(queue));
        } else {
          labels.emplace_back("root", queue.is_root ? "true" : "false");
        }
        AddSample(&family, labels, static_cast<double>(queue.*measure.value));
      }
      families.push_back(std::move(family));
    }
  }
  AppendAllDetails(queues, &families);
  return families;
}

}  // namespace ntm::qos
