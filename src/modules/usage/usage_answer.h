// Answers GET /api/usage: usage by host, device or service in a day or a
// billing month.
//
// Units    bytes, bytes per second; times in UTC.
// Shape    the largest entries first; those past the limit, and those that must
//          not be shown, are summed up as "other", which comes last. A device
//          is all addresses that are known to be one host's.
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
#include "ntm/module/reports.h"
#include "usage_days.h"

namespace ntm::usage {

struct UsageQuestion {
  Span span;
  bool is_month = false;
  bool by_service = false;
  bool by_device = false;
  size_t limit = 0;
};

// Default: the current billing month.
UsageQuestion ParseUsageQuestion(
    const std::map<std::string, std::string>& query, int64_t now_s,
    int billing_day);

struct UsageEntry {
  std::string name;
  Bytes bytes;
  // With by_device, of a host that is known.
  std::optional<LocalDevice> device = std::nullopt;
};

// Sums the rows up by host, device or service. If `shows_aliases`, only aliases
// may be shown, else only names that are not aliases. `devices` may be null:
// each address is then a device.
std::vector<UsageEntry> Entries(const UsageQuestion& question,
                                const UsageRows& rows, bool shows_aliases,
                                const DeviceReport* devices = nullptr);

nlohmann::ordered_json UsageJson(const UsageQuestion& question,
                                 const std::vector<UsageEntry>& entries);
nlohmann::ordered_json MonthJson(const MonthUse& month, int64_t now_s,
                                 uint64_t quota_bytes);

}  // namespace ntm::usage
