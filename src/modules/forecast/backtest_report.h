// A backtest for people and programs.
//
// Threads  pure.
// Errors   none.
#pragma once

#include <string>
#include <vector>

#include "backtest.h"

namespace ntm::forecast {

struct ReportContext {
  std::vector<std::string> horizons;  // as they were asked for
  std::string unit;                   // "bytes" or "bits" per bin
  std::string bin;
  size_t bins = 0;
  size_t day_bins = 0;
};

// A table with a row per horizon and model.
std::string ToText(const BacktestResult& result, const ReportContext& context);

// {"rows": [{"horizon", "model", "n", "mae", …}, …], …}; null for what there
// is not.
std::string ToJson(const BacktestResult& result, const ReportContext& context);

// The kept bins: what was, what was forecast, and the band of 90 %.
std::string ToSvg(const std::vector<ScoredBin>& bins, const std::string& title,
                  double bins_per_hour, double bits_per_unit);

}  // namespace ntm::forecast
