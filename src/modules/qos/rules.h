// How the classes of traffic are to be treated.
//
// Units    Mbit/s, as who sets rules thinks and the API writes; see
//          kBytesPerMbit.
// Shape    a rule for each class, by its name; a class may have none, and rules
//          may stand for classes that there are not yet.
// Threads  values and pure functions.
// Errors   std::invalid_argument with what is wrong.
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
  int priority = 0;  // 0, which gets what is left, to 3
  int dscp = 0;

  friend bool operator==(const Rule&, const Rule&) = default;
};

using Rules = std::map<std::string, Rule>;

// Video, voice, file and background.
Rules DefaultRules();

// Refuses what cannot be: 0 ≤ min ≤ max, 0 < max, priority 0 to 3, DSCP 0 to
// 63, and a name that can be a class's.
void Check(const std::string& name, const Rule& rule);

// Reads "NAME=MIN/MAX/PRIORITY/DSCP", in Mbit/s; checked.
std::pair<std::string, Rule> ParseRule(const std::string& text);

// Sentences about rules that can be but make little sense on such a link; 0:
// its bandwidth is not known.
std::vector<std::string> Warnings(const Rules& rules, double total_mbit);

// What becomes of a flow by its class's rule.
struct Verdict {
  std::string action;  // "throttle", "prioritize", "maintain", "none"
  std::string reason;  // "exceeds_max", "below_min", "within_limits", "no_rule"
  double target_mbit = 0;
  int dscp = 0;
};

// `rule` is null for a class without one.
Verdict Judge(const Rule* rule, double current_mbit);

}  // namespace ntm::qos
