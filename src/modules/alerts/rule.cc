#include "rule.h"

#include <fmt/format.h>

#include <charconv>
#include <sstream>
#include <stdexcept>
#include <string_view>

#include "ntm/base/duration.h"

namespace ntm::alerts {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr double kPercent = 0.01;
constexpr milliseconds kCoolDown = minutes(5);

constexpr Kind Ratio(KindId id, const char* name, const char* option,
                     const char* what, bool is_mean, const Rule& rule) {
  return {id, name, option, what, Measure::kRatio, is_mean, false, rule};
}

constexpr Kind State(KindId id, const char* name, const char* option,
                     const char* what, Severity severity, milliseconds after) {
  return {id,
          name,
          option,
          what,
          Measure::kState,
          false,
          false,
          {true, severity, 1, 1, after, kCoolDown}};
}

constexpr Rule MakeRule(Severity severity, double threshold, double recovery,
                        milliseconds pending) {
  return {true, severity, threshold, recovery, pending, kCoolDown};
}

constexpr Kinds kKinds = {
    Ratio(KindId::kLinkUtilization, "LinkUtilizationHigh", "link-utilization",
          "rate of the busier direction, as a share of the link's capacity",
          true, MakeRule(Severity::kWarning, 0.95, 0.9, minutes(2))),
    Ratio(KindId::kAgentUtilization, "AgentUtilizationHigh",
          "agent-utilization",
          "rate at an agent, both directions together, as a share of the "
          "capacity that it reports",
          true, MakeRule(Severity::kWarning, 0.95, 0.9, minutes(2))),
    Ratio(KindId::kClassAboveMax, "ClassAboveMax", "class-above-max",
          "rate of a traffic class, as a share of the maximum in its rule",
          true, MakeRule(Severity::kWarning, 1.05, 1, minutes(2))),
    Ratio(KindId::kPredictedSaturation, "LinkSaturationPredicted",
          "predicted-saturation",
          "highest forecast rate, as a share of the link's capacity", false,
          MakeRule(Severity::kInfo, 0.95, 0.9, minutes(5))),
    State(KindId::kCaptureDown, "CaptureDown", "capture-down",
          "an interface cannot be captured on", Severity::kCritical,
          seconds(30)),
    {KindId::kPacketsDropped, "PacketsDropped", "packets-dropped",
     "frames per second that the capture has lost", Measure::kPerSecond, true,
     false, MakeRule(Severity::kWarning, 1, 0.1, minutes(1))},
    {KindId::kCoverageLow, "CoverageLow", "coverage-low",
     "share of the frames that was counted", Measure::kRatio, true, true,
     MakeRule(Severity::kCritical, 0.95, 0.99, minutes(1))},
    Ratio(KindId::kSeriesLimit, "SeriesLimitReached", "series-limit",
          "flow series, as a share of --max-series", false,
          MakeRule(Severity::kWarning, 0.85, 0.8, minutes(1))),
    {KindId::kInterfaceErrors, "InterfaceErrors", "interface-errors",
     "errors of an interface per second", Measure::kPerSecond, true, false,
     MakeRule(Severity::kWarning, 0.1, 0.05, minutes(2))},
    State(KindId::kAgentStale, "AgentStale", "agent-stale",
          "an agent has stopped pushing", Severity::kWarning, minutes(1)),
    State(KindId::kDatabaseFailing, "DatabaseFailing", "database-failing",
          "the database cannot be written", Severity::kCritical, seconds(0)),
    Ratio(KindId::kQuotaNear, "QuotaNear", "quota-near",
          "usage in the billing month, as a share of --quota", false,
          MakeRule(Severity::kWarning, 0.8, 0.8, seconds(0))),
    Ratio(KindId::kQuotaExceeded, "QuotaExceeded", "quota-exceeded",
          "usage in the billing month, as a share of --quota", false,
          MakeRule(Severity::kCritical, 1, 1, seconds(0))),
    Ratio(
        KindId::kQuotaExpected, "QuotaExpectedToEnd", "quota-expected",
        "usage expected at the end of the billing month, as a share of --quota",
        false, MakeRule(Severity::kInfo, 1, 0.95, hours(1))),
    Ratio(KindId::kHostQuotaNear, "HostQuotaNear", "host-quota-near",
          "usage of a host in its period, as a share of its --host-quota",
          false, MakeRule(Severity::kWarning, 0.8, 0.8, seconds(0))),
    Ratio(KindId::kHostQuotaExceeded, "HostQuotaExceeded",
          "host-quota-exceeded",
          "usage of a host in its period, as a share of its --host-quota",
          false, MakeRule(Severity::kCritical, 1, 1, seconds(0))),
    State(KindId::kNewHost, "NewHost", "new-host",
          "a device was never seen before on the local networks",
          Severity::kInfo, seconds(0)),
    Ratio(KindId::kRetransmissions, "RetransmissionsHigh", "retransmissions",
          "TCP segments of a direction that are sent again, as a share of all, "
          "over five minutes; while there are more than ten a second",
          false, MakeRule(Severity::kWarning, 0.03, 0.02, minutes(10))),
    {KindId::kDnsSlow, "DnsSlow", "dns-slow",
     "time in which a name server answers half of the questions, over five "
     "minutes; while it answers more than one in ten seconds",
     Measure::kSeconds, false, false,
     MakeRule(Severity::kWarning, 0.25, 0.2, minutes(10))},
    Ratio(KindId::kDnsFailing, "DnsFailing", "dns-failing",
          "questions that a name server does not answer, or with an error, as "
          "a share of all, over five minutes; while there is more than one in "
          "ten seconds",
          false, MakeRule(Severity::kWarning, 0.1, 0.05, minutes(5))),
    State(KindId::kAddressConflict, "AddressConflict", "address-conflict",
          "two devices used one IPv4 address in the last ten minutes",
          Severity::kWarning, minutes(1)),
};

// The kinds whose ratio cannot exceed 1.
bool IsPart(KindId id) {
  switch (id) {
    case KindId::kLinkUtilization:
    case KindId::kAgentUtilization:
    case KindId::kPredictedSaturation:
    case KindId::kCoverageLow:
    case KindId::kSeriesLimit:
    case KindId::kRetransmissions:
    case KindId::kDnsFailing:
      return true;
    default:
      return false;
  }
}

double ParseSeconds(const std::string& text) {
  constexpr double kMsPerSecond = 1000;
  return static_cast<double>(
             ParseDuration(text, milliseconds(1), hours(1)).count()) /
         kMsPerSecond;
}

double ParseThreshold(const Kind& kind, std::string_view text) {
  if (kind.measure == Measure::kSeconds) return ParseSeconds(std::string(text));
  const std::string complaint = fmt::format(
      "'{}' is not a {}", text,
      kind.measure == Measure::kRatio ? "share such as 95% or 0.95"
                                      : "number per second such as 1 or 0.1/s");
  double scale = 1;
  if (kind.measure == Measure::kRatio && text.ends_with('%')) {
    scale = kPercent;
    text.remove_suffix(1);
  }
  if (kind.measure == Measure::kPerSecond && text.ends_with("/s")) {
    text.remove_suffix(2);
  }
  double value = 0;
  const auto [rest, error] =
      std::from_chars(text.data(), text.data() + text.size(), value);
  constexpr double kMost = 1e9;
  if (error != std::errc() || rest != text.data() + text.size() ||
      !(value >= 0) || value > kMost) {
    throw std::invalid_argument(complaint);
  }
  if (IsPart(kind.id) && value * scale > 1) {
    throw std::invalid_argument(
        fmt::format("{:.4g}% is out of range: {} is at most 100%",
                    value * scale / kPercent, kind.option));
  }
  return value * scale;
}

// Parses the words of a rule, some of which are followed by a value.
class RuleReader {
 public:
  RuleReader(const Kind& kind, const std::string& text)
      : kind_(kind), words_(text), rule_(kind.rule) {}

  Rule Read() {
    std::string word;
    bool is_empty = true;
    while (words_ >> word) {
      is_empty = false;
      Take(word);
    }
    if (is_empty) throw std::invalid_argument("the rule is empty");
    Settle();
    return rule_;
  }

 private:
  void Take(const std::string& word) {
    if (word == "off") {
      rule_.enabled = false;
    } else if (word == "for") {
      rule_.pending = ParseDuration(Value(word), milliseconds(0), hours(24));
    } else if (word == "cool-down") {
      rule_.cool_down = ParseDuration(Value(word), milliseconds(0), hours(24));
    } else if (word == "recovery" && kind_.measure != Measure::kState) {
      rule_.recovery = ParseThreshold(kind_, Value(word));
      has_recovery_ = true;
    } else if (word == "info" || word == "warning" || word == "critical") {
      rule_.severity = word == "info"      ? Severity::kInfo
                       : word == "warning" ? Severity::kWarning
                                           : Severity::kCritical;
    } else if (kind_.measure != Measure::kState) {
      rule_.threshold = ParseThreshold(kind_, word);
      has_threshold_ = true;
    } else {
      throw std::invalid_argument(
          "'" + word +
          "' is not one of: off, for DURATION, cool-down DURATION, info, "
          "warning, critical");
    }
  }

  std::string Value(const std::string& word) {
    std::string value;
    if (words_ >> value) return value;
    throw std::invalid_argument("'" + word + "' has no value");
  }

  // A changed threshold moves the recovery in proportion.
  void Settle() {
    if (has_threshold_ && !has_recovery_) {
      rule_.recovery *= rule_.threshold / kind_.rule.threshold;
      if (kind_.is_low) rule_.recovery = std::min(rule_.recovery, 1.0);
    }
    const bool is_wrong = kind_.is_low ? rule_.recovery < rule_.threshold
                                       : rule_.recovery > rule_.threshold;
    if (is_wrong) {
      throw std::invalid_argument(std::string("the recovery is ") +
                                  (kind_.is_low ? "below" : "above") +
                                  " the threshold");
    }
  }

  const Kind& kind_;
  std::istringstream words_;
  Rule rule_;
  bool has_threshold_ = false;
  bool has_recovery_ = false;
};

std::string DurationText(milliseconds duration) {
  constexpr int64_t kSecond = 1000;
  constexpr int64_t kMinute = 60 * kSecond;
  constexpr int64_t kHour = 60 * kMinute;
  const int64_t ms = duration.count();
  if (ms % kSecond != 0) return fmt::format("{}ms", ms);
  if (ms == 0 || ms % kMinute != 0) return fmt::format("{}s", ms / kSecond);
  if (ms % kHour != 0) return fmt::format("{}m", ms / kMinute);
  return fmt::format("{}h", ms / kHour);
}

std::string ThresholdText(const Kind& kind, double value) {
  switch (kind.measure) {
    case Measure::kRatio:
      return fmt::format("{:.4g}%", value / kPercent);
    case Measure::kSeconds:
      return DurationText(std::chrono::round<milliseconds>(
          std::chrono::duration<double>(value)));
    default:
      return fmt::format("{:.4g}/s", value);
  }
}

}  // namespace

const char* NameOf(Severity severity) noexcept {
  switch (severity) {
    case Severity::kInfo:
      return "info";
    case Severity::kWarning:
      return "warning";
    case Severity::kCritical:
      return "critical";
  }
  return "";
}

const Kinds& AllKinds() { return kKinds; }

Rules DefaultRules() {
  Rules rules;
  for (size_t i = 0; i < kKindCount; ++i) rules[i] = kKinds[i].rule;
  return rules;
}

Rule ParseRule(const Kind& kind, const std::string& text) {
  return RuleReader(kind, text).Read();
}

std::string ToText(const Kind& kind, const Rule& rule) {
  if (!rule.enabled) return "off";
  std::string text;
  if (kind.measure != Measure::kState) {
    text = ThresholdText(kind, rule.threshold) + " ";
  }
  text += "for " + DurationText(rule.pending);
  if (kind.measure != Measure::kState) {
    text += " recovery " + ThresholdText(kind, rule.recovery);
  }
  return text + " cool-down " + DurationText(rule.cool_down) + " " +
         NameOf(rule.severity);
}

}  // namespace ntm::alerts
