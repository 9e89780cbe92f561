#include "flow_answer.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "flow_classes.h"
#include "label_writer.h"
#include "ntm/base/utc_text.h"
#include "ntm/base/whole_number.h"
#include "ntm/flow/host_text.h"
#include "ntm/http/json.h"
#include "ntm/net/group_names.h"

namespace ntm::traffic {
namespace {

using Json = nlohmann::ordered_json;

constexpr size_t kDefaultLimit = 100;
constexpr size_t kMaxLimit = 10'000;

struct Order {
  std::string_view name;
  double (*value)(const Flow&, const FlowRate&);
};
constexpr std::array kOrders = {
    Order{"bytes",
          [](const Flow& f, const FlowRate&) {
            return static_cast<double>(f.bytes);
          }},
    Order{"packets",
          [](const Flow& f, const FlowRate&) {
            return static_cast<double>(f.packets);
          }},
    Order{"bytes_per_second",
          [](const Flow&, const FlowRate& r) {
            return r.bytes_per_second.value_or(0);
          }},
    Order{"packets_per_second",
          [](const Flow&, const FlowRate& r) {
            return r.packets_per_second.value_or(0);
          }},
    Order{"last_seen",
          [](const Flow& f, const FlowRate&) {
            return static_cast<double>(f.last_seen_ns);
          }},
};

struct Question {
  const Order* order = &kOrders.front();
  size_t limit = kDefaultLimit;
  std::vector<std::string> hosts;
  std::optional<std::string> service;
};

// Returns an error message, or "".
std::string Read(const HttpRequest& request, Question* question) {
  if (const auto sort = request.Parameter("sort")) {
    question->order = std::ranges::find(kOrders, *sort, &Order::name);
    if (question->order == kOrders.end()) {
      return "sort must be bytes, packets, bytes_per_second, "
             "packets_per_second or last_seen";
    }
  }
  if (const auto limit = request.Parameter("limit")) {
    const auto number = ParseWholeNumber(*limit, 1, kMaxLimit);
    if (!number) {
      return fmt::format("limit is not a number from 1 to {}", kMaxLimit);
    }
    question->limit = static_cast<size_t>(*number);
  }
  question->hosts = request.Parameters("host");
  question->service = request.Parameter("service");
  return "";
}

void Choose(const Question& question, LabelWriter* labels, const Snapshot& now,
            std::vector<FlowRate>* rows) {
  std::erase_if(*rows, [&](const FlowRate& row) {
    const FlowKey& key = now.flows[row.flow].key;
    const auto is_host = [&](const std::string& text) {
      return IsListedAs(now, key.Src(), now.labels.src_prefix, text) ||
             IsListedAs(now, key.Dst(), now.labels.dst_prefix, text);
    };
    return (!question.hosts.empty() &&
            std::ranges::none_of(question.hosts, is_host)) ||
           (question.service &&
            labels->Value(FlowLabel::kService, row.flow) != *question.service);
  });
}

Json OrNull(const std::optional<double>& value) {
  return value ? Json(*value) : Json(nullptr);
}

void AddGroupName(const char* name, const Address& address, Json* json) {
  const std::string_view group = GroupName(address);
  if (!group.empty()) (*json)[name] = group;
}

Json RowJson(const Snapshot& now, const FlowRate& row,
             const FlowClasses& classes, const HostNames* names,
             LabelWriter* labels) {
  const Flow& flow = now.flows[row.flow];
  Json json = Json::object();
  for (size_t i = 0; i < kFlowLabelCount; ++i) {
    const auto label = static_cast<FlowLabel>(i);
    if (!now.labels.labels.Has(label)) continue;
    json[std::string(LabelName(label))] = labels->Value(label, row.flow);
  }
  // A name would tell which alias it is.
  if (now.anonymizer == nullptr) {
    AddGroupName("src_group", flow.key.Src(), &json);
    AddGroupName("dst_group", flow.key.Dst(), &json);
  }
  const EndNames ends = NamesOfEnds(now, flow.key, names);
  if (!ends.src.empty()) json["src_name"] = ends.src;
  if (!ends.dst.empty()) json["dst_name"] = ends.dst;
  json["class"] = classes.Name(row.flow);
  const auto priority = classes.Priority(row.flow);
  json["priority"] = priority ? Json(*priority) : Json(nullptr);
  json["bytes_total"] = flow.bytes;
  json["packets_total"] = flow.packets;
  json["bytes_per_second"] = OrNull(row.bytes_per_second);
  json["packets_per_second"] = OrNull(row.packets_per_second);
  json["allocated_bytes_per_second"] =
      OrNull(classes.AllocatedBytesPerSecond(row));
  json["last_seen"] = UtcText(flow.last_seen_ns);
  return json;
}

}  // namespace

HttpResponse AnswerFlows(const HttpRequest& request, const Snapshot* now,
                         const Snapshot* before, const QosReport* report,
                         const HostNames* names) {
  Question question;
  const std::string fault = Read(request, &question);
  if (!fault.empty()) return JsonError(400, fault);
  if (now == nullptr) {
    return JsonError(503, "nothing is counted yet; try again in a second");
  }
  LabelWriter labels(*now, LabelWriter::Escaping::kNone);
  std::vector<FlowRate> rows = FlowRates(*now, before);
  const FlowClasses classes(*now, report, rows);
  if (!question.hosts.empty() || question.service) {
    Choose(question, &labels, *now, &rows);
  }
  const size_t matching = rows.size();
  const size_t shown = std::min(question.limit, rows.size());
  const auto end = rows.begin() + static_cast<std::ptrdiff_t>(shown);
  std::partial_sort(
      rows.begin(), end, rows.end(), [&](const FlowRate& a, const FlowRate& b) {
        const double x = question.order->value(now->flows[a.flow], a);
        const double y = question.order->value(now->flows[b.flow], b);
        return x != y ? x > y : a.flow < b.flow;
      });
  Json list = Json::array();
  for (size_t i = 0; i < shown; ++i) {
    list.push_back(RowJson(*now, rows[i], classes, names, &labels));
  }
  return JsonAnswer(200, {{"last_updated", UtcText(now->time_ns)},
                          {"matching_flows", matching},
                          {"flows", std::move(list)}});
}

}  // namespace ntm::traffic
