// The process_* families every exporter has, read from /proc/self.
//
// Units    seconds, bytes.
// Threads  reads files of procfs; no state.
// Errors   throws ntm::Error where /proc is not mounted.
// Source   proc(5); Prometheus client library guidelines, "Process metrics".
#pragma once

#include <prometheus/metric_family.h>

#include <vector>

namespace ntm::self {

std::vector<prometheus::MetricFamily> ProcessFamilies();

}  // namespace ntm::self
