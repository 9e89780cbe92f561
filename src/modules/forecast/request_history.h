// Forecasts from the throughputs given in requests, for traffic without a
// measured history.
//
// Units    Mbit/s, packets per second, bytes.
// Shape    the last 100 throughputs of each type, for at most 64 types. With
//          fewer than ten the forecast is a rule: the throughput in the
//          request, else packet rate × size, else the usual bandwidth of the
//          type. From ten on it is exponential smoothing with the constant that
//          had the smallest error so far.
// Threads  locks itself.
// Errors   none.
#pragma once

#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <string>

namespace ntm::forecast {

struct TrafficNow {
  std::string traffic_type;
  // In Mbit/s; 0 if the request has none.
  double throughput_mbps = 0;
  std::optional<double> packet_rate;
  std::optional<double> packet_size;
};

struct TrafficForecast {
  double mbps = 0;
  double lower_mbps = 0;
  double upper_mbps = 0;
  double confidence = 0;   // 0 to 100
  std::string model_type;  // "rule_based" or "naive"
};

class RequestHistory {
 public:
  explicit RequestHistory(double tolerance) : tolerance_(tolerance) {}

  // Adds the throughput to the history and forecasts the next one.
  TrafficForecast Forecast(const TrafficNow& now);

 private:
  std::mutex mutex_;
  double tolerance_;
  std::map<std::string, std::deque<double>> of_type_;
};

}  // namespace ntm::forecast
