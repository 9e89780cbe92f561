#include "backtest_report.h"

#include <fmt/format.h>

#include <cmath>
#include <iterator>
#include <nlohmann/json.hpp>

#include "ntm/http/json.h"

namespace ntm::forecast {
namespace {

std::string HorizonOf(const Score& score, const BacktestResult& result,
                      const ReportContext& context) {
  // Scores are ordered by horizon: count the horizons before this one.
  size_t index = 0;
  size_t steps = result.scores.front().steps;
  for (const Score& other : result.scores) {
    if (other.steps != steps) {
      steps = other.steps;
      ++index;
    }
    if (&other == &score) break;
  }
  return index < context.horizons.size() ? context.horizons[index] : "";
}

nlohmann::ordered_json Number(double value) {
  if (!std::isfinite(value)) return nullptr;
  return value;
}

std::string Cell(double value, int decimals) {
  return std::isfinite(value) ? fmt::format("{:.{}f}", value, decimals) : "-";
}

}  // namespace

std::string ToText(const BacktestResult& result, const ReportContext& context) {
  std::string text = fmt::format(
      "{} bins of {}, errors in {} per bin; the first half is for training, "
      "the last third is scored\n{:<8} {:<20} {:>6} {:>12} {:>12} {:>8} {:>7} "
      "{:>7} "
      "{:>8}\n",
      context.bins, context.bin, context.unit, "horizon", "model", "n", "MAE",
      "RMSE", "MAPE %", "MASE", "rMAE", "coverage");
  for (const Score& score : result.scores) {
    fmt::format_to(std::back_inserter(text),
                   "{:<8} {:<20} {:>6} {:>12.6g} {:>12.6g} {:>8} {:>7} {:>7} "
                   "{:>8}\n",
                   HorizonOf(score, result, context), score.model, score.count,
                   score.mae, score.rmse, Cell(score.mape, 2),
                   Cell(score.mase, 3), Cell(score.rmae, 3),
                   Cell(score.coverage, 3));
  }
  fmt::format_to(std::back_inserter(text),
                 "trained {} times, {:.2f} s of CPU time in all, {:.3f} s for "
                 "the longest daily update, {:.3f} s for the longest weekly "
                 "one, {:.3f} ms for a bin's forecasts\n",
                 result.updates + 1, result.train_cpu_seconds,
                 result.update_cpu_seconds, result.weekly_cpu_seconds,
                 1000 * result.forecast_cpu_seconds);
  return text;
}

std::string ToJson(const BacktestResult& result, const ReportContext& context) {
  nlohmann::ordered_json json;
  json["bin"] = context.bin;
  json["bins"] = context.bins;
  json["unit"] = context.unit;
  auto& rows = json["rows"] = nlohmann::ordered_json::array();
  for (const Score& score : result.scores) {
    nlohmann::ordered_json row;
    row["horizon"] = HorizonOf(score, result, context);
    row["model"] = score.model;
    row["n"] = score.count;
    row["mae"] = Number(score.mae);
    row["rmse"] = Number(score.rmse);
    row["mape"] = Number(score.mape);
    row["mase"] = Number(score.mase);
    row["rmae"] = Number(score.rmae);
    row["coverage"] = Number(score.coverage);
    rows.push_back(std::move(row));
  }
  json["updates"] = result.updates;
  json["train_cpu_seconds"] = result.train_cpu_seconds;
  json["longest_update_cpu_seconds"] = result.update_cpu_seconds;
  json["longest_weekly_cpu_seconds"] = result.weekly_cpu_seconds;
  json["mean_forecast_cpu_seconds"] = result.forecast_cpu_seconds;
  return WriteJson(json, 1) + "\n";
}

}  // namespace ntm::forecast
