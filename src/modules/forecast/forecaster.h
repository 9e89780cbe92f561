// One series: its series, its models, and what comes of them bin by bin.
//
// Units    bytes per second; horizons in bins.
// Shape    Append() takes a bin, settles the forecasts that fall due with it,
//          and makes new ones. Training is apart: BeginTraining() gives a copy
//          that another thread trains, Adopt() takes it back, however many bins
//          later.
// Threads  not synchronised; a Training is independent of its forecaster.
// Errors   none. Whatever was appended, a forecast is finite, not negative, and
//          at most 1.2 times the largest bin of the series and `limit`, unless
//          a bin has already been above that.
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
  double tolerance = 0.2;  // of what was forecast, for a hit
  double limit = std::numeric_limits<double>::infinity();  // of the link
};

// One forecast as it was made.
struct Forecast {
  int64_t slot = 0;  // the last bin known; it is about the `steps` after it
  size_t steps = 0;
  double mean = 0;  // the target
  bool has_bounds = false;
  double lower = 0;
  double upper = 0;
  double required = 0;  // upper bound of the largest bin
  MemberForecasts members{};
  PoolAnswer pool;
};

// A forecast, and how it came.
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
  // A gap is NaN. Returns what fell due with it.
  std::vector<Settled> Append(double bytes_per_second);

  // What the link can carry, for the forecasts to come. Returns whether it has
  // changed.
  bool SetLimit(double bytes_per_second);

  // As of the last bin, one for each horizon; empty before the first.
  const std::vector<Forecast>& forecasts() const noexcept { return now_; }

  Ladder ladder() const { return Models::LadderOf(time_series_); }
  bool trained() const noexcept { return models_.trained(); }
  const TimeSeries& time_series() const noexcept { return time_series_; }
  const Pool& pool(size_t horizon) const { return pools_[horizon]; }
  const Models& models() const noexcept { return models_; }
  const ForecasterOptions& options() const noexcept { return options_; }

  // Of the last 7 days' forecasts, those within the tolerance, and how many
  // there were.
  struct Hits {
    size_t hits = 0;
    size_t count = 0;
  };
  Hits RecentHits(size_t horizon) const;
  // Of the last 7 days' intervals, how many held; nothing before there were.
  std::optional<double> Coverage(size_t horizon) const;

  Training BeginTraining(bool anew) const;
  void Adopt(Training training);

  std::string Save() const;
  // Returns false, and is as new, where `state` is of other options or broken.
  bool Load(const std::string& state);

 private:
  static void WriteForecast(const Forecast& made, StateWriter* out);
  static Forecast ReadForecast(StateReader* in);
  void WriteHead(StateWriter* out) const;
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
