// Forecasts from what requests have said: where there is no history of the
// wire.
//
// Units    Mbit/s, packets per second, bytes.
// Shape    of each type the last 100 throughputs, of at most 64 types.
//          Fewer than ten of them: a rule, what the traffic is now; by its own
//          word, else by packets and their size, else what the type usually
//          needs. From ten on: exponential smoothing, whose constant is the one
//          that would have been best for the throughputs before; that is a
//          model of its own, though a small one.
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
  // In Mbit/s; 0 where the request says nothing of it.
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

  // Takes the throughput into the history, and forecasts the next one.
  TrafficForecast Forecast(const TrafficNow& now);

 private:
  std::mutex mutex_;
  double tolerance_;
  std::map<std::string, std::deque<double>> of_type_;
};

}  // namespace ntm::forecast
