#include "answers.h"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>
#include <stdexcept>
#include <vector>

#include "allocation.h"
#include "ntm/http/json.h"

namespace ntm::qos {
namespace {

using Json = nlohmann::ordered_json;

constexpr double kDefaultTotalMbit = 100;
constexpr size_t kMostItems = 10'000;

// An invalid body, with the HTTP status to answer.
struct Fault : std::runtime_error {
  Fault(int answer_status, const std::string& what)
      : std::runtime_error(what), status(answer_status) {}
  int status;
};

Json ObjectOf(const std::string& body) {
  Json json = ParseJson(body);
  if (json.is_discarded()) throw Fault(400, "the body is not JSON");
  if (!json.is_object()) throw Fault(400, "the body is not a JSON object");
  return json;
}

// nullopt if the field is missing or null.
std::optional<double> NumberOf(const Json& json, const char* field) {
  const auto found = json.find(field);
  if (found == json.end() || found->is_null()) return std::nullopt;
  if (!found->is_number()) {
    throw Fault(422, fmt::format("{} is not a number", field));
  }
  const double number = found->get<double>();
  if (!std::isfinite(number) || number < 0) {
    throw Fault(422, fmt::format("{} is below 0 or not finite", field));
  }
  return number;
}

std::optional<int> IntegerOf(const Json& json, const char* field) {
  const auto found = json.find(field);
  if (found == json.end() || found->is_null()) return std::nullopt;
  // Check() has the exact ranges.
  if (!found->is_number_integer() || std::abs(found->get<double>()) > 1000) {
    throw Fault(422,
                fmt::format("{} is not an integer, or out of range", field));
  }
  return found->get<int>();
}

std::string TextOf(const Json& json, const char* field) {
  const auto found = json.find(field);
  if (found == json.end()) {
    throw Fault(422, fmt::format("{} is missing", field));
  }
  if (!found->is_string() || found->get<std::string>().empty()) {
    throw Fault(422, fmt::format("{} is not a string", field));
  }
  return found->get<std::string>();
}

double Required(const std::optional<double>& number, const char* field) {
  if (!number) throw Fault(422, fmt::format("{} is missing", field));
  return *number;
}

Json RuleJson(const Rule& rule) {
  return {{"min_bandwidth", rule.min_mbit},
          {"max_bandwidth", rule.max_mbit},
          {"priority", rule.priority},
          {"dscp", rule.dscp}};
}

template <typename Answer>
HttpResponse Guarded(Answer answer) {
  try {
    return answer();
  } catch (const Fault& fault) {
    return JsonError(fault.status, fault.what());
  } catch (const std::invalid_argument& error) {
    return JsonError(422, error.what());
  }
}

// Rounds down to 1 bit/s, so that the sum stays within the total; corrects
// floating-point errors: 35.999999999 becomes 36.
double Shown(double mbit) { return std::floor(mbit * 1e6 + 1e-3) / 1e6; }

struct Asked {
  std::vector<std::string> names;  // each once, in the order of the request
  std::vector<Claim> claims;
};

double DemandOf(const Json& item, const std::string& name,
                const std::map<std::string, double>& expected_mbit) {
  if (const auto predicted = NumberOf(item, "predicted_bandwidth_mbps")) {
    return *predicted;
  }
  if (const auto current = NumberOf(item, "current_throughput")) {
    return *current;
  }
  const auto expected = expected_mbit.find(name);
  return expected == expected_mbit.end() ? 0 : expected->second;
}

// Items of the same class become one claim with the sum of their demands.
Asked Read(const Json& items, const Rules& rules,
           const std::map<std::string, double>& expected_mbit) {
  Asked asked;
  std::map<std::string, size_t> places;
  for (const Json& item : items) {
    if (!item.is_object())
      throw Fault(422, "a prediction is not a JSON object");
    const std::string name = TextOf(item, "traffic_type");
    const auto [place, is_new] = places.try_emplace(name, asked.names.size());
    const double demand = DemandOf(item, name, expected_mbit);
    if (!is_new) {
      asked.claims[place->second].demand += demand;
      continue;
    }
    Claim claim;
    claim.demand = demand;
    const auto rule = rules.find(name);
    if (rule != rules.end()) {
      claim.min = rule->second.min_mbit;
      claim.max = rule->second.max_mbit;
      claim.priority = rule->second.priority;
    }
    asked.names.push_back(name);
    asked.claims.push_back(claim);
  }
  return asked;
}

}  // namespace

HttpResponse AnswerRules(const Rules& rules) {
  Json list = Json::object();
  for (const auto& [name, rule] : rules) list[name] = RuleJson(rule);
  return JsonAnswer(200, {{"rules", std::move(list)}});
}

HttpResponse AnswerSetRule(const HttpRequest& request, double total_mbit,
                           RuleBook* book) {
  return Guarded([&] {
    const Json body = ObjectOf(request.body);
    const std::string name = TextOf(body, "traffic_type");
    const Rules rules = book->All();
    const auto before = rules.find(name);
    // Missing fields stay unchanged; a new rule needs both bandwidths.
    Rule rule = before == rules.end() ? Rule() : before->second;
    const auto min = NumberOf(body, "min_bandwidth");
    const auto max = NumberOf(body, "max_bandwidth");
    if (before == rules.end()) {
      Required(min, "min_bandwidth");
      Required(max, "max_bandwidth");
    }
    rule.min_mbit = min.value_or(rule.min_mbit);
    rule.max_mbit = max.value_or(rule.max_mbit);
    rule.priority = IntegerOf(body, "priority").value_or(rule.priority);
    rule.dscp = IntegerOf(body, "dscp").value_or(rule.dscp);
    book->Set(name, rule);
    Json answer = {{"status", "success"},
                   {"message", "the rule for " + name + " was set"}};
    answer["rule"] = RuleJson(rule);
    answer["rule"]["traffic_type"] = name;
    answer["warnings"] = Warnings(book->All(), total_mbit);
    return JsonAnswer(200, answer);
  });
}

HttpResponse AnswerApply(const HttpRequest& request, const Rules& rules) {
  return Guarded([&] {
    const Json body = ObjectOf(request.body);
    const std::string name = TextOf(body, "traffic_type");
    const double current =
        Required(NumberOf(body, "current_bandwidth"), "current_bandwidth");
    const auto rule = rules.find(name);
    const Verdict verdict =
        Judge(rule == rules.end() ? nullptr : &rule->second, current);
    Json answer = Json::object();
    if (body.contains("flow_id")) answer["flow_id"] = body["flow_id"];
    answer["action"] = verdict.action;
    answer["target_bandwidth"] = verdict.target_mbit;
    answer["reason"] = verdict.reason;
    answer["dscp"] = verdict.dscp;
    return JsonAnswer(200, answer);
  });
}

HttpResponse AnswerAllocate(
    const HttpRequest& request, const Rules& rules,
    const std::map<std::string, double>& expected_mbit) {
  return Guarded([&] {
    const Json body = ObjectOf(request.body);
    const auto items = body.find("predictions");
    if (items == body.end() || !items->is_array()) {
      throw Fault(422, "predictions is missing or not a list");
    }
    if (items->size() > kMostItems) {
      throw Fault(422, fmt::format("more than {} predictions", kMostItems));
    }
    const double total =
        NumberOf(body, "total_bandwidth_mbps").value_or(kDefaultTotalMbit);
    const Asked asked = Read(*items, rules, expected_mbit);
    const std::vector<double> shares = Allocate(asked.claims, total);
    Json allocations = Json::object();
    double sum = 0;
    for (size_t i = 0; i < shares.size(); ++i) {
      const double share = Shown(shares[i]);
      allocations[asked.names[i]] = share;
      sum += share;
    }
    sum = std::min(Shown(sum), total);
    const double percent =
        total > 0 ? std::round(sum / total * 1000) / 10 : 0.0;
    return JsonAnswer(200, {{"allocations", std::move(allocations)},
                            {"total_allocated", sum},
                            {"remaining", Shown(total - sum)},
                            {"utilization_percent", percent}});
  });
}

}  // namespace ntm::qos
