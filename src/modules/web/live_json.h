// The JSON data of the events; openapi.json describes every field.
//
// Threads  pure functions.
#pragma once

#include <chrono>
#include <nlohmann/json.hpp>

#include "live_view.h"
#include "ntm/flow/snapshot.h"
#include "ntm/module/reports.h"

namespace ntm::web {

using Json = nlohmann::ordered_json;

struct LiveMoment {
  const Snapshot& snapshot;
  const Reports& reports;
  const LiveView& view;
};

Json TrafficUpdate(const LiveMoment& moment);
Json TrafficByType(const LiveMoment& moment);
// Rarely changing data: version, interval, enabled features.
Json AboutJson(const LiveMoment& moment, std::chrono::milliseconds interval);

}  // namespace ntm::web
