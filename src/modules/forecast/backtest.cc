#include "backtest.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "cpu_seconds.h"
#include "ntm/base/error.h"
#include "unknown.h"

namespace ntm::forecast {
namespace {

// The errors of one model over one horizon.
class Tally {
 public:
  void Add(double forecast, double actual) {
    if (std::isnan(forecast)) return;
    const double error = forecast - actual;
    ++count_;
    size_ += std::abs(error);
    square_ += error * error;
    if (actual > 0) {
      relative_ += std::abs(error) / actual;
    } else {
      relative_ = kUnknown;
    }
  }
  size_t count() const noexcept { return count_; }
  double mae() const { return size_ / static_cast<double>(count_); }

  Score ToScore(std::string model, size_t steps, double scale,
                double naive) const {
    const auto count = static_cast<double>(count_);
    Score score;
    score.model = std::move(model);
    score.steps = steps;
    score.count = count_;
    score.mae = mae();
    score.rmse = std::sqrt(square_ / count);
    score.mape = 100 * relative_ / count;
    score.mase = scale > 0 ? score.mae / scale : kUnknown;
    score.rmae = naive > 0 ? score.mae / naive : kUnknown;
    score.coverage = kUnknown;
    return score;
  }

 private:
  size_t count_ = 0;
  double size_ = 0;
  double square_ = 0;
  double relative_ = 0;
};

struct HorizonTally {
  std::array<Tally, kMembers> members;
  Tally pool;
  Tally without_lstm;
  size_t bounded = 0;
  size_t held = 0;

  void Add(const Settled& settled) {
    const Forecast& said = settled.forecast;
    for (size_t m = 0; m < kMembers; ++m) {
      members[m].Add(static_cast<double>(said.members[m]), settled.actual);
    }
    pool.Add(said.mean, settled.actual);
    without_lstm.Add(said.pool.without_lstm.chosen(), settled.actual);
    if (!said.has_bounds) return;
    ++bounded;
    if (settled.actual >= said.lower && settled.actual <= said.upper) ++held;
  }
};

// The mean change from bin to bin in the first half.
double NaiveScale(const std::vector<double>& values) {
  double sum = 0;
  size_t count = 0;
  for (size_t i = 1; i < values.size() / 2; ++i) {
    const double change = std::abs(values[i] - values[i - 1]);
    if (std::isnan(change)) continue;
    sum += change;
    ++count;
  }
  return count > 0 ? sum / static_cast<double>(count) : kUnknown;
}

void AppendScores(const HorizonTally& tally, size_t steps, double scale,
                  std::vector<Score>* scores) {
  size_t best = kPersistence;
  const size_t count = tally.members[kPersistence].count();
  for (size_t m = 0; m < kNaiveMembers; ++m) {
    const Tally& naive = tally.members[m];
    if (naive.count() == count && naive.mae() < tally.members[best].mae()) {
      best = m;
    }
  }
  const double naive = count > 0 ? tally.members[best].mae() : kUnknown;
  for (size_t m = 0; m < kMembers; ++m) {
    if (tally.members[m].count() == 0) continue;
    scores->push_back(tally.members[m].ToScore(std::string(MemberName(m)),
                                               steps, scale, naive));
  }
  scores->push_back(
      tally.members[best].ToScore("best_naive", steps, scale, naive));
  scores->push_back(
      tally.without_lstm.ToScore("pool_without_lstm", steps, scale, naive));
  Score pool = tally.pool.ToScore("pool", steps, scale, naive);
  if (tally.bounded > 0) {
    pool.coverage =
        static_cast<double>(tally.held) / static_cast<double>(tally.bounded);
  }
  scores->push_back(pool);
}

}  // namespace

BacktestResult Backtest(const std::vector<double>& values, int64_t start,
                        const BacktestOptions& options) {
  const size_t count = values.size();
  if (count < kLeastBacktestBins) {
    throw Error(
        fmt::format("a series of {} bins is too short for a backtest: at least "
                    "{} are needed",
                    count, kLeastBacktestBins));
  }
  const auto first_origin = start + static_cast<int64_t>(2 * count / 3) - 1;
  const size_t day = options.forecaster.day_bins;
  Forecaster forecaster(options.forecaster);
  forecaster.Begin(start);
  const auto& horizons = options.forecaster.horizons;
  std::vector<HorizonTally> tallies(horizons.size());
  BacktestResult result;
  for (size_t i = 0; i < count; ++i) {
    if (options.progress) options.progress(i, count);
    const double began = CpuSeconds();
    const std::vector<Settled> due = forecaster.Append(values[i]);
    result.forecast_cpu_seconds +=
        (CpuSeconds() - began) / static_cast<double>(count);
    for (const Settled& settled : due) {
      const Forecast& said = settled.forecast;
      if (said.slot < first_origin || std::isnan(settled.actual)) continue;
      const auto k = static_cast<size_t>(
          std::ranges::find(horizons, said.steps) - horizons.begin());
      tallies[k].Add(settled);
      if (k == options.keep_horizon && options.keep > 0) {
        result.kept.push_back(
            {settled.actual, said.mean, said.lower, said.upper});
      }
    }
    const size_t seen = i + 1;
    const size_t half = count / 2;
    if (seen < half || (seen - half) % day != 0) continue;
    const double before = CpuSeconds();
    Training training = forecaster.BeginTraining(seen == half);
    training.models.Train(training.time_series, training.anew, {});
    forecaster.Adopt(std::move(training));
    const double spent = CpuSeconds() - before;
    result.train_cpu_seconds += spent;
    if (seen == half) continue;
    ++result.updates;
    double& longest = forecaster.models().was_weekly()
                          ? result.weekly_cpu_seconds
                          : result.update_cpu_seconds;
    longest = std::max(longest, spent);
  }
  if (result.kept.size() > options.keep) {
    result.kept.erase(
        result.kept.begin(),
        result.kept.end() - static_cast<std::ptrdiff_t>(options.keep));
  }
  const double scale = NaiveScale(values);
  for (size_t k = 0; k < horizons.size(); ++k) {
    AppendScores(tallies[k], horizons[k], scale, &result.scores);
  }
  return result;
}

}  // namespace ntm::forecast
