// Answers GET /api/hosts: the devices of the local networks.
//
// Units    bytes; times in UTC.
// Shape    those seen last come first.
// Threads  pure functions.
// Errors   std::invalid_argument for invalid parameters.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "device_book.h"
#include "ntm/module/reports.h"

namespace ntm::devices {

struct HostsQuestion {
  size_t limit = 0;
  bool only_new = false;
};

HostsQuestion ParseHostsQuestion(
    const std::map<std::string, std::string>& query);

// What is known when it is asked.
struct HostsMoment {
  int64_t time_s = 0;
  int64_t learns_until_s = 0;
  bool is_anonymized = false;
  std::vector<Device> devices;
  const HostUsageReport* usage = nullptr;  // may be null
};

nlohmann::ordered_json HostsJson(const HostsQuestion& question,
                                 const HostsMoment& moment);

}  // namespace ntm::devices
