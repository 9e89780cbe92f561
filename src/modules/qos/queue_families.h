// The metric families ntm_qdisc_*.
//
// Shape    qdiscs and classes have separate families, so that a sum over one
//          family does not count them twice; within a family a parent includes
//          the traffic of its children.
// Threads  a pure function.
#pragma once

#include <prometheus/metric_family.h>

#include <functional>
#include <string>
#include <vector>

#include "queue_reader.h"

namespace ntm::qos {

// `class_of` returns the class of traffic of one of ntm's queues; "" for
// others.
std::vector<prometheus::MetricFamily> QueueFamilies(
    const std::vector<Queue>& queues,
    const std::function<std::string(const Queue&)>& class_of);

}  // namespace ntm::qos
