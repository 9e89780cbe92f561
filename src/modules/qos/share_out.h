// Allocates the link's bandwidth to the classes by their expected demand.
//
// Units    bytes per second; rules in Mbit/s.
// Shape    the demand of a class is the required bandwidth in the forecast of
//          its transmit traffic with the shortest horizon; without a forecast,
//          its rate over the last minute. A class without a rule has no min,
//          the whole link as max, and the lowest priority.
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
