#include "flow_answer.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "label_writer.h"
#include "ntm/json.h"

namespace ntm::traffic {
namespace {

using Json = nlohmann::ordered_json;

constexpr int64_t kNsPerSecond = 1'000'000'000;
constexpr size_t kDefaultLimit = 100;
constexpr size_t kMaxLimit = 10'000;

struct Row {
  size_t flow;
  std::optional<double> bytes_per_second;
  std::optional<double> packets_per_second;
};

struct Order {
  std::string_view name;
  double (*value)(const Flow&, const Row&);
};
constexpr std::array kOrders = {
    Order{"bytes", [](const Flow& f,
                      const Row&) { return static_cast<double>(f.bytes); }},
    Order{"packets", [](const Flow& f,
                        const Row&) { return static_cast<double>(f.packets); }},
    Order{"bytes_per_second",
          [](const Flow&, const Row& r) {
            return r.bytes_per_second.value_or(0);
          }},
    Order{"packets_per_second",
          [](const Flow&, const Row& r) {
            return r.packets_per_second.value_or(0);
          }},
    Order{"last_seen",
          [](const Flow& f, const Row&) {
            return static_cast<double>(f.last_seen_ns);
          }},
};

struct Question {
  const Order* order = &kOrders.front();
  size_t limit = kDefaultLimit;
  std::optional<std::string> host;
  std::optional<std::string> service;
};

std::optional<std::string> Parameter(const HttpRequest& request,
                                     const char* name) {
  const auto found = request.query.find(name);
  if (found == request.query.end()) return std::nullopt;
  return found->second;
}

// Returns what is wrong, or "".
std::string Read(const HttpRequest& request, Question* question) {
  if (const auto sort = Parameter(request, "sort")) {
    question->order = std::ranges::find(kOrders, *sort, &Order::name);
    if (question->order == kOrders.end()) {
      return "sort is bytes, packets, bytes_per_second, packets_per_second or "
             "last_seen";
    }
  }
  if (const auto limit = Parameter(request, "limit")) {
    const char* end = limit->data() + limit->size();
    const auto [stop, error] =
        std::from_chars(limit->data(), end, question->limit);
    if (error != std::errc() || stop != end || question->limit == 0 ||
        question->limit > kMaxLimit) {
      return fmt::format("limit is a number from 1 to {}", kMaxLimit);
    }
  }
  question->host = Parameter(request, "host");
  question->service = Parameter(request, "service");
  return "";
}

struct FullKeyHash {
  size_t operator()(const FullKey& full) const noexcept {
    const auto* bytes = reinterpret_cast<const char*>(&full);
    return std::hash<std::string_view>()({bytes, sizeof full});
  }
};

FullKey KeyOf(const Snapshot& snapshot, size_t flow) {
  return {snapshot.flows[flow].key.Bare(),
          snapshot.extras.empty() ? FlowExtras() : snapshot.extras[flow]};
}

// Every flow with what it did since `before`, when a key that was not there
// had counted nothing.
std::vector<Row> Rows(const Snapshot& now, const Snapshot* before) {
  std::unordered_map<FullKey, const Flow*, FullKeyHash> past;
  double seconds = 0;
  if (before != nullptr && now.time_ns > before->time_ns) {
    seconds = static_cast<double>(now.time_ns - before->time_ns) / kNsPerSecond;
    past.reserve(before->flows.size());
    for (size_t i = 0; i < before->flows.size(); ++i) {
      past.emplace(KeyOf(*before, i), &before->flows[i]);
    }
  }
  std::vector<Row> rows;
  rows.reserve(now.flows.size());
  for (size_t i = 0; i < now.flows.size(); ++i) {
    const Flow& flow = now.flows[i];
    Row row{i, std::nullopt, std::nullopt};
    if (seconds > 0) {
      const auto found = past.find(KeyOf(now, i));
      const auto grown = [&](uint64_t Flow::*counter) {
        const uint64_t was = found == past.end() ? 0 : found->second->*counter;
        // A key that came back has begun anew.
        const uint64_t since =
            flow.*counter < was ? flow.*counter : flow.*counter - was;
        return static_cast<double>(since) / seconds;
      };
      row.bytes_per_second = grown(&Flow::bytes);
      row.packets_per_second = grown(&Flow::packets);
    }
    rows.push_back(row);
  }
  return rows;
}

void Choose(const Question& question, LabelWriter* labels,
            std::vector<Row>* rows) {
  std::erase_if(*rows, [&](const Row& row) {
    const auto is = [&](FlowLabel label, const std::string& value) {
      return labels->Value(label, row.flow) == value;
    };
    return (question.host && !is(FlowLabel::kSrc, *question.host) &&
            !is(FlowLabel::kDst, *question.host)) ||
           (question.service && !is(FlowLabel::kService, *question.service));
  });
}

Json OrNull(const std::optional<double>& value) {
  return value ? Json(*value) : Json(nullptr);
}

Json RowJson(const Snapshot& now, const Row& row, LabelWriter* labels) {
  const Flow& flow = now.flows[row.flow];
  Json json = Json::object();
  for (size_t i = 0; i < kFlowLabelCount; ++i) {
    const auto label = static_cast<FlowLabel>(i);
    if (!now.labels.labels.Has(label)) continue;
    json[std::string(LabelName(label))] = labels->Value(label, row.flow);
  }
  json["bytes_total"] = flow.bytes;
  json["packets_total"] = flow.packets;
  json["bytes_per_second"] = OrNull(row.bytes_per_second);
  json["packets_per_second"] = OrNull(row.packets_per_second);
  json["last_seen"] = UtcText(flow.last_seen_ns);
  return json;
}

}  // namespace

HttpResponse AnswerFlows(const HttpRequest& request, const Snapshot* now,
                         const Snapshot* before) {
  Question question;
  const std::string fault = Read(request, &question);
  if (!fault.empty()) return JsonError(400, fault);
  if (now == nullptr) {
    return JsonError(503, "nothing is counted yet; ask in a second");
  }
  LabelWriter labels(*now, LabelWriter::Escaping::kNone);
  std::vector<Row> rows = Rows(*now, before);
  if (question.host || question.service) Choose(question, &labels, &rows);
  const size_t matching = rows.size();
  const size_t shown = std::min(question.limit, rows.size());
  const auto end = rows.begin() + static_cast<std::ptrdiff_t>(shown);
  std::partial_sort(
      rows.begin(), end, rows.end(), [&](const Row& a, const Row& b) {
        const double x = question.order->value(now->flows[a.flow], a);
        const double y = question.order->value(now->flows[b.flow], b);
        return x != y ? x > y : a.flow < b.flow;
      });
  Json list = Json::array();
  for (size_t i = 0; i < shown; ++i) {
    list.push_back(RowJson(*now, rows[i], &labels));
  }
  return JsonAnswer(200, {{"last_updated", UtcText(now->time_ns)},
                          {"matching_flows", matching},
                          {"flows", std::move(list)}});
}

}  // namespace ntm::traffic
