#include "queue_families.h"

#include <array>

#include "ntm/family.h"

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
    Measure{"overlimits_total", "Times that the queue had to wait.",
            &Queue::overlimits, true},
    Measure{"backlog_bytes", "Bytes that wait in the queue.",
            &Queue::backlog_bytes, false},
    Measure{"backlog_packets", "Packets that wait in the queue.",
            &Queue::backlog_packets, false}};

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
        Labels labels = {{"interface", queue.interface},
                         {"kind", queue.kind},
                         {"handle", HandleText(queue.handle)},
                         {"parent", HandleText(queue.parent)}};
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
  return families;
}

}  // namespace ntm::qos
