// What is watched, and when it is an alert.
//
// Shape    a kind of alert is a constant of the program (its name, what its
//          value is); a rule is what its option makes of it.
// Units    ratios, per second; a state is 1 where it holds, else 0.
// Threads  values.
// Errors   ParseRule() throws std::invalid_argument whose message follows the
//          option's name.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

namespace ntm::alerts {

enum class KindId : uint8_t {
  kLinkUtilization,
  kAgentUtilization,
  kClassAboveMax,
  kPredictedSaturation,
  kCaptureDown,
  kPacketsDropped,
  kCoverageLow,
  kSeriesLimit,
  kInterfaceErrors,
  kAgentStale,
  kDatabaseFailing,
  kQuotaNear,
  kQuotaExceeded,
  kQuotaExpected,
  kCount,
};
inline constexpr size_t kKindCount = static_cast<size_t>(KindId::kCount);

enum class Severity : uint8_t { kInfo, kWarning, kCritical };
// "info", "warning", "critical".
const char* NameOf(Severity severity) noexcept;

enum class Measure : uint8_t { kRatio, kPerSecond, kState };

struct Rule {
  bool enabled = true;
  Severity severity = Severity::kWarning;
  double threshold = 1;  // from here on it is an alert
  double recovery = 1;   // once it is none any more, it has to pass this
  std::chrono::milliseconds pending{0};  // has to last so long before
  std::chrono::milliseconds cool_down = std::chrono::minutes(5);
};

struct Kind {
  KindId id;
  const char* name;    // "LinkUtilizationHigh"
  const char* option;  // "link-utilization"
  const char* what;    // for --help
  Measure measure;
  bool is_mean;  // of each check interval; else as it is at every tick
  bool is_low;   // it is an alert where the value is low
  Rule rule;     // the default
};

using Kinds = std::array<Kind, kKindCount>;
const Kinds& AllKinds();
inline const Kind& KindOf(KindId id) {
  return AllKinds()[static_cast<size_t>(id)];
}

using Rules = std::array<Rule, kKindCount>;
Rules DefaultRules();

// "off", or any of "95% for 2m recovery 90% cool-down 5m critical"; what is not
// said stays as it is by default. Of a state there is no threshold.
Rule ParseRule(const Kind& kind, const std::string& text);

// As ParseRule() takes it, complete.
std::string ToText(const Kind& kind, const Rule& rule);

}  // namespace ntm::alerts
