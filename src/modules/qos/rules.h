// The QoS rules of the classes of traffic.
//
// Units    Mbit/s, as in the options and the API; see kBytesPerMbit.
// Shape    at most one rule per class, by name; a rule may name a class that
//          does not exist.
// Threads  values and pure functions.
// Errors   std::invalid_argument with the reason.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace ntm::qos {

// Bytes per second of one Mbit/s.
inline constexpr double kBytesPerMbit = 125'000;

inline constexpr int kHighestPriority = 3;
inline constexpr int kLargestDscp = 63;
inline constexpr double kLargestMbit = 1e9;

struct Rule {
  double min_mbit = 0;
  double max_mbit = 0;
  int priority = 0;  // 0 (lowest) to 3
  int dscp = 0;

  friend bool operator==(const Rule&, const Rule&) = default;
};

using Rules = std::map<std::string, Rule>;

// Video, voice, file and background.
Rules DefaultRules();

// Throws unless 0 ≤ min ≤ max, 0 < max, the priority is 0 to 3, the DSCP 0 to
// 63, and the name is a valid class name.
void Check(const std::string& name, const Rule& rule);

// Parses and checks "NAME=MIN/MAX/PRIORITY/DSCP", in Mbit/s.
std::pair<std::string, Rule> ParseRule(const std::string& text);

// Warnings about valid rules that make no sense on a link of this bandwidth; 0:
// unknown.
std::vector<std::string> Warnings(const Rules& rules, double total_mbit);

// The decision for a flow by the rule of its class.
struct Verdict {
  std::string action;  // "throttle", "prioritize", "maintain", "none"
  std::string reason;  // "exceeds_max", "below_min", "within_limits", "no_rule"
  double target_mbit = 0;
  int dscp = 0;
};

// `rule` is null for a class without one.
Verdict Judge(const Rule* rule, double current_mbit);

}  // namespace ntm::qos
