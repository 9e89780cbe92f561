#include "host_usage.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "local_day.h"

namespace ntm::usage {

std::shared_ptr<const HostUsageReport> HostsOfDay(const UsageDays& days,
                                                  int64_t time_s) {
  const Span today = DayOf(time_s);
  std::map<std::string, Bytes> sums;
  for (const DayRows& day : days.Rows(today.name, DayOf(today.to_s).name)) {
    for (const auto& [key, bytes] : day.rows) {
      if (!key.is_sum() && !key.is_alias) sums[key.host] += bytes;
    }
  }
  auto report = std::make_shared<HostUsageReport>();
  report->day = today.name;
  for (const auto& [host, bytes] : sums) {
    report->hosts.push_back({host, bytes.in, bytes.out});
  }
  std::ranges::stable_sort(report->hosts, std::greater(), [](const auto& host) {
    return host.in_bytes + host.out_bytes;
  });
  return report;
}

}  // namespace ntm::usage
