#include "rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <stdexcept>
#include <string_view>

namespace ntm::qos {
namespace {

constexpr size_t kLongestName = 32;

template <typename T>
T Number(std::string_view text, const std::string& whole) {
  T number{};
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) {
    throw std::invalid_argument(
        fmt::format("'{}' is not NAME=MIN/MAX/PRIORITY/DSCP with bandwidths in "
                    "Mbit/s, for example game=1/20/2/34",
                    whole));
  }
  return number;
}

bool IsBandwidth(double mbit) {
  return std::isfinite(mbit) && mbit >= 0 && mbit <= kLargestMbit;
}

bool IsName(const std::string& name) {
  return !name.empty() && name.size() <= kLongestName && name[0] >= 'a' &&
         name[0] <= 'z' && std::ranges::all_of(name, [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
         });
}

}  // namespace

Rules DefaultRules() {
  return {{"video", {5, 50, 3, 46}},
          {"voice", {0.1, 10, 3, 46}},
          {"file", {0.5, 30, 1, 10}},
          {"background", {0, 20, 0, 0}}};
}

void Check(const std::string& name, const Rule& rule) {
  const auto refuse = [](const std::string& why) {
    throw std::invalid_argument(why);
  };
  if (!IsName(name)) {
    refuse(
        fmt::format("'{}' is not the name of a class: up to {} lower-case "
                    "letters, digits and _, starting with a letter",
                    name, kLongestName));
  }
  if (!IsBandwidth(rule.min_mbit) || !IsBandwidth(rule.max_mbit)) {
    refuse(fmt::format("{}: min and max must be from 0 to {} Mbit/s", name,
                       kLargestMbit));
  }
  if (rule.max_mbit == 0) refuse(name + ": max must be above 0");
  if (rule.min_mbit > rule.max_mbit) {
    refuse(fmt::format("{}: min {} is above max {}", name, rule.min_mbit,
                       rule.max_mbit));
  }
  if (rule.priority < 0 || rule.priority > kHighestPriority) {
    refuse(fmt::format("{}: priority {} is not from 0 to {}", name,
                       rule.priority, kHighestPriority));
  }
  if (rule.dscp < 0 || rule.dscp > kLargestDscp) {
    refuse(fmt::format("{}: dscp {} is not from 0 to {}", name, rule.dscp,
                       kLargestDscp));
  }
}

std::pair<std::string, Rule> ParseRule(const std::string& text) {
  const size_t equals = text.find('=');
  const std::string name = text.substr(0, equals);
  std::vector<std::string_view> parts;
  std::string_view rest = equals == std::string::npos
                              ? std::string_view()
                              : std::string_view(text).substr(equals + 1);
  for (size_t slash = 0; slash != std::string_view::npos;) {
    slash = rest.find('/');
    parts.push_back(rest.substr(0, slash));
    if (slash != std::string_view::npos) rest.remove_prefix(slash + 1);
  }
  if (parts.size() != 4) Number<int>("", text);
  const Rule rule{Number<double>(parts[0], text),
                  Number<double>(parts[1], text), Number<int>(parts[2], text),
                  Number<int>(parts[3], text)};
  Check(name, rule);
  return {name, rule};
}

std::vector<std::string> Warnings(const Rules& rules, double total_mbit) {
  std::vector<std::string> warnings;
  if (total_mbit <= 0) return warnings;
  double sum = 0;
  for (const auto& [name, rule] : rules) sum += rule.min_mbit;
  if (sum > total_mbit) {
    warnings.push_back(
        fmt::format("the sum of the minimums is {} Mbit/s, the link has {}: "
                    "they are scaled down in proportion",
                    sum, total_mbit));
  }
  return warnings;
}

Verdict Judge(const Rule* rule, double current_mbit) {
  if (rule == nullptr) return {"none", "no_rule", current_mbit, 0};
  if (current_mbit > rule->max_mbit) {
    return {"throttle", "exceeds_max", rule->max_mbit, rule->dscp};
  }
  if (current_mbit < rule->min_mbit) {
    return {"prioritize", "below_min", rule->min_mbit, rule->dscp};
  }
  return {"maintain", "within_limits", current_mbit, rule->dscp};
}

}  // namespace ntm::qos
