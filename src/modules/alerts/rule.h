// The kinds of alerts and their rules.
//
// Shape    a kind of alert is built in (its name, the value it measures); its
//          rule is set by an option.
// Units    ratios, per second, or seconds; a state is 1 if the condition holds,
//          else 0.
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
  kHostQuotaNear,
  kHostQuotaExceeded,
  kNewHost,
  kRetransmissions,
  kDnsSlow,
  kDnsFailing,
  kAddressConflict,
  kCount,
};
inline constexpr size_t kKindCount = static_cast<size_t>(KindId::kCount);

enum class Severity : uint8_t { kInfo, kWarning, kCritical };
// "info", "warning", "critical".
const char* NameOf(Severity severity) noexcept;

enum class Measure : uint8_t { kRatio, kPerSecond, kSeconds, kState };

struct Rule {
  bool enabled = true;
  Severity severity = Severity::kWarning;
  double threshold = 1;  // at or beyond it the alert is due
  double recovery = 1;   // an open alert ends once this is passed
  std::chrono::milliseconds pending{0};  // how long it has to last before
  std::chrono::milliseconds cool_down = std::chrono::minutes(5);
};

struct Kind {
  KindId id;
  const char* name;    // "LinkUtilizationHigh"
  const char* option;  // "link-utilization"
  const char* what;    // for --help
  Measure measure;
  bool is_mean;  // averaged over a check interval; else judged every tick
  bool is_low;   // the alert is due when the value is below the threshold
  Rule rule;     // the default
};

using Kinds = std::array<Kind, kKindCount>;
const Kinds& AllKinds();
inline const Kind& KindOf(KindId id) {
  return AllKinds()[static_cast<size_t>(id)];
}

using Rules = std::array<Rule, kKindCount>;
Rules DefaultRules();

// "off", or any of "95% for 2m recovery 90% cool-down 5m critical"; parts left
// out keep their defaults. States have no threshold and no recovery.
Rule ParseRule(const Kind& kind, const std::string& text);

// The complete rule in the syntax of ParseRule().
std::string ToText(const Kind& kind, const Rule& rule);

}  // namespace ntm::alerts
