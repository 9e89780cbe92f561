// Backtest: measures the forecast errors on a recorded series.
//
// Units    bytes per second, horizons in bins; ratios are fractions.
// Shape    the first half of the bins is used for training only; after it the
//          models are updated once a day, and in the last third every bin is a
//          forecast origin for each model. The score is of the bin at the
//          horizon (Target::kPoint) or of the mean of the bins up to it.
// Threads  runs on the caller's thread.
// Errors   ntm::Error for a series that is too short.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "forecaster.h"

namespace ntm::forecast {

struct Score {
  size_t steps = 0;
  std::string model;  // a member's name, "pool", "pool_without_lstm",
                      // "best_naive"
  size_t count = 0;
  double mae = 0;
  double rmse = 0;
  double mape = 0;  // per cent; NaN where a bin is 0
  double mase = 0;  // relative to one step of persistence in the first half
  double rmae = 0;  // relative to the naive model that was best in hindsight
  double coverage = 0;  // of the 90 % interval; NaN if there is none
};

struct ScoredBin {
  double actual = 0;
  double forecast = 0;
  double lower = 0;
  double upper = 0;
};

struct BacktestOptions {
  ForecasterOptions forecaster;
  size_t keep = 0;  // number of last scored bins to return, for the chart
  size_t keep_horizon = 0;
  std::function<void(size_t done, size_t all)> progress;
};

struct BacktestResult {
  std::vector<Score> scores;  // by horizon
  std::vector<ScoredBin> kept;
  double train_cpu_seconds = 0;     // of all updates
  double update_cpu_seconds = 0;    // of the longest daily update
  double weekly_cpu_seconds = 0;    // of the longest weekly update
  double forecast_cpu_seconds = 0;  // mean per appended bin
  size_t updates = 0;               // without the first training
};

inline constexpr size_t kLeastBacktestBins = 150;

// `start` is the slot of the first bin; a gap is NaN.
BacktestResult Backtest(const std::vector<double>& bytes_per_second,
                        int64_t start, const BacktestOptions& options);

}  // namespace ntm::forecast
