// Builds metric families of prometheus-cpp's model in few lines.
//
// Threads  pure functions on values.
#pragma once

#include <prometheus/metric_family.h>

#include <string>
#include <utility>
#include <vector>

namespace ntm {

using Labels = std::vector<std::pair<std::string, std::string>>;

prometheus::MetricFamily CounterFamily(std::string name, std::string help);
prometheus::MetricFamily GaugeFamily(std::string name, std::string help);

// Adds one sample to a counter or gauge family.
void AddSample(prometheus::MetricFamily* family, const Labels& labels,
               double value);

}  // namespace ntm
