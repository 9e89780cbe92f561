// Forecasts one series: its bins, its models and its current forecasts.
//
// Units    bytes per second; horizons in bins.
// Shape    Append() takes a bin, compares the forecasts due with it to the
//          actual value, and makes new forecasts. Training is separate:
//          BeginTraining() returns a copy for another thread to train, and
//          Adopt() takes the trained copy, however many bins later.
// Threads  not synchronised; a Training is independent of its forecaster.
// Errors   none. A forecast is always finite, not negative, at most 1.2 times
//          the largest bin of the series, and at most `limit` unless a bin has
//          already been above that.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "conformal.h"
#include "models.h"
#include "pool.h"
#include "time_series.h"

namespace ntm::forecast {

class StateReader;
class StateWriter;

struct ForecasterOptions {
  size_t day_bins = 288;
  size_t capacity = 8064;  // four weeks
  std::vector<size_t> horizons = {1, 12, 288};
  Target target = Target::kMean;
  double tolerance = 0.2;  // relative to the forecast, for a hit
  double limit = std::numeric_limits<double>::infinity();  // link capacity
};

// One forecast as it was made.
struct Forecast {
  int64_t slot =
      0;  // the last known bin; the forecast is of the `steps` bins after it
  size_t steps = 0;
  double mean = 0;  // the target
  bool has_bounds = false;
  double lower = 0;
  double upper = 0;
  double required = 0;  // upper bound of the largest bin
  MemberForecasts members{};
  PoolAnswer pool;
};

// A forecast with its actual value.
struct Settled {
  Forecast forecast;
  double actual = 0;  // NaN: never known
  double peak = 0;
};

struct Training {
  TimeSeries time_series;
  Models models;
  bool anew = false;
};

class Forecaster {
 public:
  explicit Forecaster(const ForecasterOptions& options);

  // The slot of the first bin; before the first Append().
  void Begin(int64_t slot) { time_series_.Begin(slot); }
  // A gap is NaN. Returns the forecasts that were due with this bin.
  std::vector<Settled> Append(double bytes_per_second);

  // Sets the link's capacity for future forecasts. Returns true iff it changed.
  bool SetLimit(double bytes_per_second);

  // One forecast per horizon, made at the last bin; empty before the first.
  const std::vector<Forecast>& forecasts() const noexcept { return now_; }

  Ladder ladder() const { return Models::LadderOf(time_series_); }
  bool trained() const noexcept { return models_.trained(); }
  const TimeSeries& time_series() const noexcept { return time_series_; }
  const Pool& pool(size_t horizon) const { return pools_[horizon]; }
  const Models& models() const noexcept { return models_; }
  const ForecasterOptions& options() const noexcept { return options_; }

  // The last 7 days' forecasts: how many were within the tolerance, and their
  // total number.
  struct Hits {
    size_t hits = 0;
    size_t count = 0;
  };
  Hits RecentHits(size_t horizon) const;
  // The share of the last 7 days' intervals that held; nullopt without
  // intervals.
  std::optional<double> Coverage(size_t horizon) const;

  Training BeginTraining(bool anew) const;
  void Adopt(Training training);

  std::string Save() const;
  // Reads this version's states and those of the version before. Returns false
  // and resets everything if `state` has other options or is damaged.
  bool Load(const std::string& state);

 private:
  static void WriteForecast(const Forecast& made, StateWriter* out);
  static Forecast ReadForecast(StateReader* in, uint32_t version);
  std::string Head(uint32_t version) const;
  void Settle(size_t horizon, std::vector<Settled>* settled);
  Forecast Make(size_t horizon, MemberForecasts* members);
  void MakeAll();
  void Reset();

  ForecasterOptions options_;
  TimeSeries time_series_;
  Models models_;
  std::vector<Pool> pools_;
  std::vector<Conformal> intervals_;
  std::vector<Conformal> peaks_;
  std::vector<std::deque<Forecast>> pending_;  // per horizon, the oldest first
  // Per horizon, newest last: bit 0 hit, bit 1 had bounds, bit 2 they held.
  std::vector<std::deque<uint8_t>> recent_;
  std::vector<Forecast> now_;
};

}  // namespace ntm::forecast
