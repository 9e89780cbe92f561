// The metric families ntm_forecast_*.
//
// Threads  any.
// Errors   none.
#pragma once

#include <prometheus/metric_family.h>

#include <vector>

#include "forecast_book.h"

namespace ntm::forecast {

std::vector<prometheus::MetricFamily> ForecastFamilies(
    const ForecastBook& book);

}  // namespace ntm::forecast
