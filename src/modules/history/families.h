// The metrics of the history itself.
#pragma once

#include <prometheus/metric_family.h>

#include <vector>

#include "recorder.h"
#include "writer.h"

namespace ntm::history {

// `writer` is null where nothing is written.
std::vector<prometheus::MetricFamily> Families(const Recorder& recorder,
                                               const Writer* writer);

}  // namespace ntm::history
