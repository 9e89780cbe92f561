// Formats the result of a backtest as text, JSON and an SVG chart.
//
// Threads  pure.
// Errors   none.
#pragma once

#include <string>
#include <vector>

#include "backtest.h"

namespace ntm::forecast {

struct ReportContext {
  std::vector<std::string> horizons;  // as given on the command line
  std::string unit;                   // "bytes" or "bits" per bin
  std::string bin;
  size_t bins = 0;
  size_t day_bins = 0;
};

// A table with one row per horizon and model.
std::string ToText(const BacktestResult& result, const ReportContext& context);

// {"rows": [{"horizon", "model", "n", "mae", …}, …], …}; null for values that
// are not known.
std::string ToJson(const BacktestResult& result, const ReportContext& context);

// Draws the kept bins: actual values, forecasts and the 90 % interval.
std::string ToSvg(const std::vector<ScoredBin>& bins, const std::string& title,
                  double bins_per_hour, double bits_per_unit);

}  // namespace ntm::forecast
