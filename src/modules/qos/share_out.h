// Shares the link out among its classes, as they are expected to need it.
//
// Units    bytes per second; rules in Mbit/s.
// Shape    a class's demand is the bandwidth that the forecast of the shortest
//          horizon requires for what the interface sends of it; without one
//          what it sent in the last minute. A class without a rule has no min,
//          the link as its max, and the lowest priority.
// Threads  pure functions.
// Errors   none.
#pragma once

#include <cstdint>
#include <string>

#include "class_meter.h"
#include "ntm/flow/traffic_class.h"
#include "ntm/module/reports.h"
#include "rules.h"

namespace ntm::qos {

struct Link {
  std::string interface;
  double total_bytes_per_second = 0;
};

// `forecast` may be null.
QosReport ShareOut(const Link& link, const Rules& rules,
                   const TrafficClasses& classes, const ClassMeter& meter,
                   const ForecastReport* forecast, int64_t time_ns);

}  // namespace ntm::qos
