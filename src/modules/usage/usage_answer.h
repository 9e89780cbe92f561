// Answers GET /api/usage: usage by host or service in a day or a billing month.
//
// Units    bytes, bytes per second; times in UTC.
// Shape    the largest entries first; those past the limit, and those that must
//          not be shown, are summed up as "other", which comes last.
// Threads  pure functions.
// Errors   std::invalid_argument for invalid parameters.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "local_day.h"
#include "month_use.h"
#include "usage_days.h"

namespace ntm::usage {

struct UsageQuestion {
  Span span;
  bool is_month = false;
  bool by_service = false;
  size_t limit = 0;
};

// Default: the current billing month.
UsageQuestion ParseUsageQuestion(
    const std::map<std::string, std::string>& query, int64_t now_s,
    int billing_day);

struct UsageEntry {
  std::string name;
  Bytes bytes;
};

// Sums the rows up by host or service. If `shows_aliases`, only aliases may be
// shown, else only names that are not aliases.
std::vector<UsageEntry> Entries(const UsageQuestion& question,
                                const UsageRows& rows, bool shows_aliases);

nlohmann::ordered_json UsageJson(const UsageQuestion& question,
                                 const std::vector<UsageEntry>& entries);
nlohmann::ordered_json MonthJson(const MonthUse& month, int64_t now_s,
                                 uint64_t quota_bytes);

}  // namespace ntm::usage
