// The families of the kernel's queues.
//
// Shape    qdiscs and classes have families of their own, so that a sum over
//          one is not counted twice; within them, what a child has sent its
//          parent has sent too.
// Threads  a pure function.
#pragma once

#include <prometheus/metric_family.h>

#include <functional>
#include <string>
#include <vector>

#include "queue_reader.h"

namespace ntm::qos {

// `class_of` names the class of traffic that one of our own queues is of; ""
// for others.
std::vector<prometheus::MetricFamily> QueueFamilies(
    const std::vector<Queue>& queues,
    const std::function<std::string(const Queue&)>& class_of);

}  // namespace ntm::qos
