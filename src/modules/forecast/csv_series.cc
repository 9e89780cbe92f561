#include "csv_series.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <map>
#include <optional>
#include <string_view>

#include "ntm/base/error.h"
#include "unknown.h"

namespace ntm::forecast {
namespace {

constexpr int64_t kDefaultBinMs = 300'000;
constexpr int64_t kLeastStamp =
    100'000'000;  // 1973; a smaller number is a row number
constexpr size_t kMostBins = 5'000'000;

struct Row {
  int64_t at = 0;  // ms since the epoch, or the row number
  double amount = 0;
};

std::string_view Trimmed(std::string_view text) {
  const auto is_blank = [](char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '"';
  };
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

std::optional<double> ToNumber(std::string_view text) {
  double value = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return {};
  return value;
}

// Parses "2026-01-31", optionally followed by "09:00" or "09:00:00"; ignores
// the rest.
std::optional<int64_t> ToStampMs(const std::string& text) {
  std::array<int, 6> part = {0, 1, 1, 0, 0, 0};
  const int read =
      std::sscanf(text.c_str(), "%4d-%2d-%2d%*1[T ]%2d:%2d:%2d", part.data(),
                  &part[1], &part[2], &part[3], &part[4], &part[5]);
  if (read < 3) return {};
  const auto unsigned_of = [&part](size_t i) {
    return static_cast<unsigned>(part[i]);
  };
  const std::chrono::year_month_day date{std::chrono::year(part[0]),
                                         std::chrono::month(unsigned_of(1)),
                                         std::chrono::day(unsigned_of(2))};
  if (!date.ok()) return {};
  const int64_t days = std::chrono::sys_days(date).time_since_epoch().count();
  return ((days * 24 + part[3]) * 60 + part[4]) * 60'000 + part[5] * 1000;
}

Row ToRow(std::string_view line, const std::string& where, bool* has_times) {
  const size_t comma = line.find(',');
  const std::string_view first = Trimmed(line.substr(0, comma));
  std::string_view second;
  if (comma != std::string_view::npos) {
    second = line.substr(comma + 1);
    second = Trimmed(second.substr(0, second.find(',')));
  }
  Row row;
  const auto number = ToNumber(first);
  const auto stamp =
      number ? std::optional<int64_t>() : ToStampMs(std::string(first));
  if (comma == std::string_view::npos || (!number && !stamp)) {
    throw Error(where +
                ": expected a time and an amount, separated by a comma");
  }
  if (stamp) {
    row.at = *stamp;
    *has_times = true;
  } else if (*number >= kLeastStamp) {
    row.at = std::llround(*number * 1000);
    *has_times = true;
  } else {
    row.at = std::llround(*number);
  }
  const bool is_gap = second.empty() || second == "nan" || second == "NaN";
  const auto amount =
      is_gap ? std::optional<double>(kUnknown) : ToNumber(second);
  if (!amount || *amount < 0 || std::isinf(*amount)) {
    throw Error(
        fmt::format("{}: '{}' is not an amount; expected a number of 0 or more",
                    where, second));
  }
  row.amount = *amount;
  return row;
}

int64_t UsualDistance(const std::vector<Row>& rows) {
  std::vector<int64_t> distances;
  for (size_t i = 1; i < rows.size(); ++i) {
    if (rows[i].at > rows[i - 1].at) {
      distances.push_back(rows[i].at - rows[i - 1].at);
    }
  }
  if (distances.empty()) return kDefaultBinMs;
  const auto middle =
      distances.begin() + static_cast<std::ptrdiff_t>(distances.size() / 2);
  std::ranges::nth_element(distances, middle);
  return *middle;
}

}  // namespace

CsvSeries ReadCsvSeries(std::istream& in, const std::string& name,
                        int64_t bin_ms) {
  std::string line;
  size_t number = 1;
  std::getline(in, line);  // the header
  std::vector<Row> rows;
  CsvSeries series;
  while (std::getline(in, line)) {
    ++number;
    if (Trimmed(line).empty()) continue;
    rows.push_back(
        ToRow(line, fmt::format("{}:{}", name, number), &series.has_times));
  }
  if (rows.empty()) throw Error(name + " has no rows below its header");
  if (bin_ms == 0) {
    bin_ms = series.has_times ? UsualDistance(rows) : kDefaultBinMs;
  }
  series.bin_ms = bin_ms;
  const int64_t unit = series.has_times ? bin_ms : 1;
  std::ranges::stable_sort(rows, {}, &Row::at);
  const int64_t first = rows.front().at / unit;
  const auto bins = static_cast<size_t>(rows.back().at / unit - first) + 1;
  if (bins > kMostBins) {
    throw Error(
        fmt::format("{} spans {} bins; choose a longer --bin", name, bins));
  }
  series.start = series.has_times ? first : 0;
  series.amounts.assign(bins, kUnknown);
  for (const Row& row : rows) {
    double& amount = series.amounts[static_cast<size_t>(row.at / unit - first)];
    if (std::isnan(row.amount)) continue;
    amount = std::isnan(amount) ? row.amount : amount + row.amount;
  }
  return series;
}

}  // namespace ntm::forecast
