#include "request_history.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <vector>

#include "forecast_book.h"

namespace ntm::forecast {
namespace {

constexpr size_t kKept = 100;
constexpr size_t kMostTypes = 64;
constexpr size_t kEnough = 10;
constexpr std::array<double, 6> kConstants = {1, 0.7, 0.5, 0.3, 0.15, 0.05};
constexpr double kTail = 0.05;

// The usual bandwidth of a type, in Mbit/s.
double Usual(const std::string& type) {
  if (type == "video") return 5;
  if (type == "voice") return 0.1;
  if (type == "file") return 2;
  if (type == "background") return 0.5;
  return 1;
}

double ByRule(const TrafficNow& now) {
  if (now.throughput_mbps > 0) return now.throughput_mbps;
  if (now.packet_rate && now.packet_size) {
    return ToMbps(*now.packet_rate * *now.packet_size);
  }
  return Usual(now.traffic_type);
}

// One-step forecasts: of the second value on, and of the next one.
std::vector<double> Smooth(const std::deque<double>& values, double constant) {
  std::vector<double> forecasts;
  double level = values.front();
  for (const double value : values) {
    level += constant * (value - level);
    forecasts.push_back(level);
  }
  return forecasts;
}

double Miss(const std::deque<double>& values,
            const std::vector<double>& forecasts) {
  double sum = 0;
  for (size_t i = 1; i < values.size(); ++i) {
    sum += std::abs(values[i] - forecasts[i - 1]);
  }
  return sum;
}

std::vector<double> BestSmooth(const std::deque<double>& values) {
  std::vector<double> best;
  double least = std::numeric_limits<double>::infinity();
  for (const double constant : kConstants) {
    std::vector<double> forecasts = Smooth(values, constant);
    const double miss = Miss(values, forecasts);
    if (miss >= least) continue;
    least = miss;
    best = std::move(forecasts);
  }
  return best;
}

// Sets the confidence from the share of hits, and the bounds from the errors.
void Judge(const std::deque<double>& values,
           const std::vector<double>& forecasts, double tolerance,
           TrafficForecast* out) {
  std::vector<double> off;
  size_t hits = 0;
  for (size_t i = 1; i < values.size(); ++i) {
    off.push_back(values[i] - forecasts[i - 1]);
    if (std::abs(off.back()) <= tolerance * forecasts[i - 1]) ++hits;
  }
  out->confidence = 100 * ConfidenceOf(hits, off.size());
  if (off.empty()) return;
  std::ranges::sort(off);
  const auto at = static_cast<size_t>(kTail * static_cast<double>(off.size()));
  out->lower_mbps = std::clamp(out->mbps + off[at], 0.0, out->mbps);
  out->upper_mbps = std::max(out->mbps + off[off.size() - 1 - at], out->mbps);
}

}  // namespace

TrafficForecast RequestHistory::Forecast(const TrafficNow& now) {
  const std::scoped_lock lock(mutex_);
  TrafficForecast out;
  out.model_type = "rule_based";
  out.mbps = out.lower_mbps = out.upper_mbps = ByRule(now);
  const auto found = of_type_.find(now.traffic_type);
  if (found == of_type_.end()) {
    if (now.throughput_mbps <= 0 || of_type_.size() >= kMostTypes) return out;
  }
  std::deque<double>& values = of_type_[now.traffic_type];
  if (now.throughput_mbps > 0) values.push_back(now.throughput_mbps);
  if (values.size() > kKept) values.pop_front();
  if (values.size() < kEnough) {
    Judge(values, {values.begin(), values.end()}, tolerance_, &out);
    return out;
  }
  const std::vector<double> forecasts = BestSmooth(values);
  out.model_type = "naive";
  out.mbps = out.lower_mbps = out.upper_mbps = forecasts.back();
  Judge(values, forecasts, tolerance_, &out);
  return out;
}

}  // namespace ntm::forecast
