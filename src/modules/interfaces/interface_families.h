// The ntm_interface_* and ntm_site_* families of a report.
//
// Threads  pure function.
#pragma once

#include <prometheus/metric_family.h>

#include <vector>

#include "ntm/module/reports.h"

namespace ntm::interfaces {

// Of what it could carry, the share that the busier direction carries; absent
// without rates.
std::optional<double> Utilization(const InterfaceSample& sample);

// Without the sum, which would count everything twice in a sum().
std::vector<prometheus::MetricFamily> InterfaceFamilies(
    const InterfaceReport& report);

}  // namespace ntm::interfaces
