// The part of ForecastBook that answers requests and stores the series.

#include <algorithm>
#include <functional>
#include <utility>

#include "forecast_book.h"

namespace ntm::forecast {

std::optional<Prediction> ForecastBook::Ask(const std::string& traffic_class,
                                            int64_t horizon_seconds) const {
  const std::scoped_lock lock(mutex_);
  Prediction sum;
  bool any = false;
  for (const char* direction : {"receive", "transmit"}) {
    const auto found =
        series_.find({kTotalInterface, direction, traffic_class});
    if (found == series_.end()) continue;
    const Series& series = *found->second;
    if (series.forecaster.ladder() == Ladder::kRule) continue;
    // A series that never had traffic is not a history.
    if (series.forecaster.time_series().Largest() <= 0) continue;
    for (const auto& horizon : ViewOf(series).horizons) {
      if (horizon.seconds != horizon_seconds) continue;
      sum.predicted_mbps += ToMbps(horizon.forecast.mean);
      sum.lower_mbps += ToMbps(horizon.forecast.lower);
      sum.upper_mbps += ToMbps(horizon.forecast.upper);
      sum.required_mbps += ToMbps(horizon.forecast.required);
      const double confidence = 100 * horizon.confidence;
      sum.confidence = any ? std::min(sum.confidence, confidence) : confidence;
      sum.model_type =
          any && sum.model_type == "naive" ? sum.model_type : horizon.method;
      sum.slot = horizon.forecast.slot;
      any = true;
    }
  }
  if (!any) return std::nullopt;
  sum.name = {kTotalInterface, "", traffic_class};
  sum.horizon_seconds = horizon_seconds;
  return sum;
}

void ForecastBook::Remember(Prediction answered) {
  const std::scoped_lock lock(mutex_);
  answered.id = log_.TakeId();
  asked_.push_back(std::move(answered));
  if (asked_.size() > kMostAsked) asked_.pop_front();
}

std::optional<double> ForecastBook::ActualOf(const Prediction& asked) const {
  const auto bins = asked.horizon_seconds / options_.bin_seconds;
  const int64_t last = asked.slot + bins;
  double sum = 0;
  for (const char* direction : {"receive", "transmit"}) {
    // Without a series of the class there was no traffic of it.
    const auto whole = series_.find({kTotalInterface, direction, ""});
    const auto found =
        series_.find({kTotalInterface, direction, asked.name.traffic_class});
    if (whole == series_.end()) return std::nullopt;
    if (whole->second->forecaster.time_series().end() <= last)
      return std::nullopt;
    if (found == series_.end()) continue;
    const TimeSeries& time_series = found->second->forecaster.time_series();
    double bytes = 0;
    int64_t known = 0;
    for (int64_t slot = asked.slot + 1; slot <= last; ++slot) {
      if (slot < time_series.begin() || slot >= time_series.end()) continue;
      if (time_series.is_gap(slot)) continue;
      bytes += time_series.filled(slot);
      ++known;
    }
    if (known > 0) sum += bytes / static_cast<double>(known);
  }
  return ToMbps(sum);
}

void ForecastBook::SettleAsked() {
  for (Prediction& asked : asked_) {
    if (!asked.actual_mbps) asked.actual_mbps = ActualOf(asked);
  }
}

void ForecastBook::KeepState(Series* series) {
  series->unwritten_state = series->forecaster.Save();
  ++series->states;
}

std::vector<Prediction> ForecastBook::Newest(const std::string& type,
                                             size_t limit) const {
  const std::scoped_lock lock(mutex_);
  std::vector<Prediction> newest = log_.Newest(type, limit);
  for (const Prediction& asked : asked_) {
    if (type.empty() || asked.traffic_type == type) newest.push_back(asked);
  }
  std::ranges::sort(newest, std::greater(), &Prediction::id);
  if (newest.size() > limit) newest.resize(limit);
  return newest;
}

ForecastBook::Pending ForecastBook::TakePending() {
  const std::scoped_lock lock(mutex_);
  Pending pending;
  handed_.clear();
  handed_predictions_.clear();
  for (const auto& [name, series] : series_) {
    if (!series->unwritten_state && series->unwritten_bins.empty()) continue;
    pending.series.push_back(
        {name, series->unwritten_state, series->unwritten_bins});
    handed_[name] = {series->states, series->unwritten_bins.size()};
  }
  for (const auto& [id, prediction] : log_.pending()) {
    pending.predictions.push_back(prediction);
  }
  handed_predictions_ = pending.predictions;
  return pending;
}

void ForecastBook::Written() {
  const std::scoped_lock lock(mutex_);
  for (const auto& [name, handed] : handed_) {
    const auto found = series_.find(name);
    if (found == series_.end()) continue;
    Series& series = *found->second;
    const size_t bins = std::min(handed.bins, series.unwritten_bins.size());
    series.unwritten_bins.erase(
        series.unwritten_bins.begin(),
        series.unwritten_bins.begin() + static_cast<std::ptrdiff_t>(bins));
    // A newer state still has to be written.
    if (series.states == handed.states) series.unwritten_state.reset();
  }
  handed_.clear();
  log_.Written(handed_predictions_);
  handed_predictions_.clear();
}

bool ForecastBook::Restore(const std::vector<KeptSeries>& kept,
                           const std::vector<Prediction>& predictions) {
  const std::scoped_lock lock(mutex_);
  if (live_) {
    for (auto& [name, series] : series_) {
      KeepState(series.get());
    }
    return false;
  }
  for (const KeptSeries& one : kept) {
    Series* series = Find(one.name);
    if (series == nullptr) continue;
    if (one.state && series->forecaster.Load(*one.state)) {
      series->begun = true;
      series->trained_slot = series->forecaster.time_series().end();
      series->trained_ladder = series->forecaster.ladder();
    }
    for (const ClosedBin& bin : one.bins) Take(bin, series, 0, false);
  }
  for (const Prediction& prediction : predictions) log_.Restore(prediction);
  changed_ = true;
  return true;
}

}  // namespace ntm::forecast
