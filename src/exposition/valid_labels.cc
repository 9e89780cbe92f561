#include "valid_labels.h"

#include <algorithm>
#include <utility>

#include "metric_text.h"

namespace ntm {

std::vector<ValidLabel> ValidLabels(
    const std::vector<prometheus::ClientMetric::Label>& labels,
    std::string_view reserved) {
  std::vector<ValidLabel> valid;
  valid.reserve(labels.size());
  for (const prometheus::ClientMetric::Label& label : labels) {
    std::string name = ValidLabelName(label.name);
    if (name == "__name__" || name == reserved ||
        std::ranges::find(valid, name, &ValidLabel::name) != valid.end()) {
      continue;
    }
    valid.push_back({std::move(name), label.value});
  }
  return valid;
}

std::string_view ReservedLabel(prometheus::MetricType type) {
  switch (type) {
    case prometheus::MetricType::Histogram:
      return "le";
    case prometheus::MetricType::Summary:
      return "quantile";
    default:
      return {};
  }
}

}  // namespace ntm
