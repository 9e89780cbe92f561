#include "answer.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "ntm/base/unix_time.h"
#include "ntm/base/utc_text.h"
#include "ntm/base/whole_number.h"
#include "ntm/http/json.h"

namespace ntm::history {
namespace {

using nlohmann::ordered_json;

constexpr int64_t kHourSeconds = 3600;
constexpr int64_t kMaxHours = 24 * 366 * 10;

std::string Zulu(int64_t time_s) { return UtcText(time_s * kNsPerSecond); }

const std::string* Find(const std::map<std::string, std::string>& query,
                        const std::string& name) {
  const auto found = query.find(name);
  return found == query.end() ? nullptr : &found->second;
}

int64_t ParseWhole(const std::string& name, const std::string& text,
                   int64_t max) {
  if (const auto number = ParseWholeNumber(text, 1, max)) return *number;
  throw std::invalid_argument(fmt::format(
      "{}: '{}' is not a whole number from 1 to {}", name, text, max));
}

int64_t ParsePoint(const std::string& name, const std::string& text) {
  const auto time_s = ParseTime(text);
  if (!time_s) {
    throw std::invalid_argument(fmt::format(
        "{}: '{}' is not a time such as 2026-01-31T09:00:00Z or 2026-01-31",
        name, text));
  }
  return *time_s;
}

// Seconds, or with a unit: 90, 90s, 15m, 1h, 1d.
int64_t ParseStep(std::string text) {
  int64_t unit = 1;
  const std::string given = text;
  if (!text.empty()) {
    switch (text.back()) {
      case 's':
        break;
      case 'm':
        unit = kMinuteSeconds;
        break;
      case 'h':
        unit = kHourSeconds;
        break;
      case 'd':
        unit = kDaySeconds;
        break;
      default:
        text += 's';
    }
    text.pop_back();
  }
  return ParseWhole("step", text, kMaxHours * kHourSeconds / unit) * unit;
}

Period ParsePeriod(const std::map<std::string, std::string>& query,
                   int64_t now_s) {
  const std::string* hours = Find(query, "hours");
  const std::string* from = Find(query, "from");
  const std::string* to = Find(query, "to");
  if (hours != nullptr && from != nullptr && to != nullptr) {
    throw std::invalid_argument(
        "hours: cannot be used together with from and to");
  }
  constexpr int64_t kDefaultHours = 24;
  const int64_t length_s =
      kHourSeconds * (hours == nullptr
                          ? kDefaultHours
                          : ParseWhole("hours", *hours, kMaxHours));
  Period period;
  // The current second is part of the period.
  period.to_s = to != nullptr ? ParsePoint("to", *to)
                : from != nullptr && hours != nullptr
                    ? ParsePoint("from", *from) + length_s
                    : now_s + 1;
  period.from_s = from != nullptr ? ParsePoint("from", *from)
                  : to != nullptr ? period.to_s - length_s
                                  : now_s - length_s;
  if (period.from_s >= period.to_s) {
    throw std::invalid_argument("from: must be before to");
  }
  if (period.to_s - period.from_s > kMaxHours * kHourSeconds) {
    throw std::invalid_argument("from: must be at most ten years before to");
  }
  return period;
}

ordered_json RatesJson(double receive, double transmit) {
  return {{"receive_bytes_per_second", receive},
          {"transmit_bytes_per_second", transmit}};
}

ordered_json TotalJson(const Summary& summary) {
  return {{"receive_bytes", summary.receive_bytes},
          {"transmit_bytes", summary.transmit_bytes}};
}

ordered_json PeakJson(const std::optional<Peak>& peak) {
  if (!peak) return nullptr;
  return {{"bytes_per_second", peak->bytes_per_second},
          {"timestamp", Zulu(peak->time_s)}};
}

ordered_json PointJson(const Bucket& bucket) {
  return {{"timestamp", Zulu(bucket.begin_s)},
          {"receive_bytes_per_second", bucket.receive.mean},
          {"receive_min_bytes_per_second", bucket.receive.min},
          {"receive_max_bytes_per_second", bucket.receive.max},
          {"transmit_bytes_per_second", bucket.transmit.mean},
          {"transmit_min_bytes_per_second", bucket.transmit.min},
          {"transmit_max_bytes_per_second", bucket.transmit.max},
          {"receive_bytes", bucket.receive_bytes},
          {"transmit_bytes", bucket.transmit_bytes}};
}

ordered_json ChangeJson(double before, double now) {
  const auto percent = ChangePercent(before, now);
  return percent ? ordered_json(*percent) : ordered_json(nullptr);
}

// Without a database there are only the newest raw points.
Resolution ResolutionOf(const Period& period, int64_t now_s,
                        std::optional<int64_t> step_seconds,
                        const Reader& reader) {
  if (reader.has_database()) {
    return Resolve(period.from_s, period.to_s, now_s, step_seconds);
  }
  return {kRawStepSeconds,
          std::max(kRawStepSeconds, step_seconds.value_or(kRawStepSeconds))};
}

Buckets PointsOf(const SourceKey& source, const Period& period, int64_t now_s,
                 const Resolution& resolution, Reader* reader) {
  return Group(reader->Points(source, resolution.tier_seconds, period.from_s,
                              std::min(period.to_s, now_s + 1)),
               resolution.step_seconds);
}

}  // namespace

Question ParseQuestion(const std::map<std::string, std::string>& query,
                       int64_t now_s) {
  Question question;
  const std::string* interface = Find(query, "interface");
  const std::string* agent = Find(query, "agent");
  if (interface != nullptr && agent != nullptr) {
    throw std::invalid_argument(
        "agent: cannot be used together with interface");
  }
  question.source =
      agent != nullptr
          ? SourceKey{kAgentKind, *agent}
          : SourceKey{kInterfaceKind,
                      interface != nullptr ? *interface : kTotalInterface};
  question.period = ParsePeriod(query, now_s);
  if (const std::string* step = Find(query, "step")) {
    question.step_seconds = ParseStep(*step);
  }
  return question;
}

HistoryAnswer Answer(const Question& question, int64_t now_s, Reader* reader) {
  HistoryAnswer answer;
  answer.question = question;
  const Period& period = question.period;
  const Resolution resolution =
      ResolutionOf(period, now_s, question.step_seconds, *reader);
  answer.step_seconds = resolution.step_seconds;
  answer.points = PointsOf(question.source, period, now_s, resolution, reader);
  answer.summary = Summarize(answer.points);
  answer.previous_period = {2 * period.from_s - period.to_s, period.from_s};
  answer.previous = Summarize(PointsOf(
      question.source, answer.previous_period, now_s,
      ResolutionOf(answer.previous_period, now_s, std::nullopt, *reader),
      reader));
  return answer;
}

ordered_json ToJson(const HistoryAnswer& answer) {
  const Question& question = answer.question;
  const Summary& now = answer.summary;
  const Summary& before = answer.previous;
  ordered_json json = {
      {question.source.kind, question.source.name},
      {"from", Zulu(question.period.from_s)},
      {"to", Zulu(question.period.to_s)},
      {"step_seconds", answer.step_seconds},
      {"peak",
       {{"receive", PeakJson(now.receive_peak)},
        {"transmit", PeakJson(now.transmit_peak)}}},
      {"mean", RatesJson(now.receive_mean, now.transmit_mean)},
      {"total", TotalJson(now)},
      {"previous",
       {{"from", Zulu(answer.previous_period.from_s)},
        {"to", Zulu(answer.previous_period.to_s)},
        {"mean", RatesJson(before.receive_mean, before.transmit_mean)},
        {"total", TotalJson(before)}}},
      {"change_percent",
       {{"receive", ChangeJson(before.receive_mean, now.receive_mean)},
        {"transmit", ChangeJson(before.transmit_mean, now.transmit_mean)}}},
  };
  ordered_json& points = json["points"] = ordered_json::array();
  for (const Bucket& bucket : answer.points) {
    points.push_back(PointJson(bucket));
  }
  return json;
}

std::string ToCsv(const HistoryAnswer& answer) {
  std::string text =
      "timestamp,receive_bytes_per_second,receive_min_bytes_per_second,"
      "receive_max_bytes_per_second,transmit_bytes_per_second,"
      "transmit_min_bytes_per_second,transmit_max_bytes_per_second,"
      "receive_bytes,transmit_bytes\n";
  for (const Bucket& b : answer.points) {
    text += fmt::format("{},{},{},{},{},{},{},{},{}\n", Zulu(b.begin_s),
                        b.receive.mean, b.receive.min, b.receive.max,
                        b.transmit.mean, b.transmit.min, b.transmit.max,
                        b.receive_bytes, b.transmit_bytes);
  }
  return text;
}

}  // namespace ntm::history
