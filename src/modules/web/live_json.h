// The events' data as JSON; see openapi.json for every field.
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
// What changes rarely: version, interval, which features are on.
Json AboutJson(const LiveMoment& moment, std::chrono::milliseconds interval);

}  // namespace ntm::web
