// How good the forecasts would have been on a series that is known.
//
// Units    bytes per second, horizons in bins; ratios are fractions.
// Shape    the first half of the bins is there to train on; from there on the
//          models are brought up to date once a day, and in the last third
//          every bin is an origin from which each model forecasts. What is
//          scored is the bin at the horizon (Target::kPoint), or the mean of
//          the bins up to it.
// Threads  a backtest is on its caller's thread.
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
  double mape = 0;      // per cent; NaN where a bin is 0
  double mase = 0;      // against one step of persistence in the first half
  double rmae = 0;      // against the best naive model, known afterwards
  double coverage = 0;  // of the 90 % interval; NaN where there is none
};

struct ScoredBin {
  double actual = 0;
  double forecast = 0;
  double lower = 0;
  double upper = 0;
};

struct BacktestOptions {
  ForecasterOptions forecaster;
  size_t keep = 0;  // so many of the last scored bins, for a picture
  size_t keep_horizon = 0;
  std::function<void(size_t done, size_t all)> progress;
};

struct BacktestResult {
  std::vector<Score> scores;  // by horizon
  std::vector<ScoredBin> kept;
  double train_cpu_seconds = 0;     // of all updates
  double update_cpu_seconds = 0;    // of the longest but those of a week
  double weekly_cpu_seconds = 0;    // of the longest of those
  double forecast_cpu_seconds = 0;  // of a bin that is taken, in the mean
  size_t updates = 0;               // the first left out
};

inline constexpr size_t kLeastBacktestBins = 150;

// `start` is the slot of the first bin; a gap is NaN.
BacktestResult Backtest(const std::vector<double>& bytes_per_second,
                        int64_t start, const BacktestOptions& options);

}  // namespace ntm::forecast
