// The metric families ntm_interface_* and ntm_site_*.
//
// Threads  pure function.
#pragma once

#include <prometheus/metric_family.h>

#include <vector>

#include "ntm/module/reports.h"

namespace ntm::interfaces {

// The rate of the busier direction divided by the capacity; nullopt without
// rates.
std::optional<double> Utilization(const InterfaceSample& sample);

// Has no series for the sum, since PromQL's sum() would then count everything
// twice.
std::vector<prometheus::MetricFamily> InterfaceFamilies(
    const InterfaceReport& report);

}  // namespace ntm::interfaces
