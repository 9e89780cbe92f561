// The metric families ntm_history_*.
#pragma once

#include <prometheus/metric_family.h>

#include <vector>

#include "recorder.h"
#include "writer.h"

namespace ntm::history {

// `writer` is null without a database.
std::vector<prometheus::MetricFamily> Families(const Recorder& recorder,
                                               const Writer* writer);

}  // namespace ntm::history
