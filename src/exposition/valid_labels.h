// Makes labels valid for all formats.
//
// Threads  pure functions.
#pragma once

#include <prometheus/client_metric.h>
#include <prometheus/metric_type.h>

#include <string>
#include <string_view>
#include <vector>

namespace ntm {

struct ValidLabel {
  std::string name;
  std::string_view value;  // not escaped
};

// With valid names, without those that are repeated, reserved or "__name__".
std::vector<ValidLabel> ValidLabels(
    const std::vector<prometheus::ClientMetric::Label>& labels,
    std::string_view reserved);

// The label that a family's type reserves: "le", "quantile" or none.
std::string_view ReservedLabel(prometheus::MetricType type);

}  // namespace ntm
