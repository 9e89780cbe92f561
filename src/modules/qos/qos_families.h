// The metric families ntm_qos_*.
//
// Threads  a pure function.
#pragma once

#include <prometheus/metric_family.h>

#include <vector>

#include "ntm/module/reports.h"

namespace ntm::qos {

std::vector<prometheus::MetricFamily> QosFamilies(const QosReport& report);

}  // namespace ntm::qos
