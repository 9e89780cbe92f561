// The option --host-quota: how many bytes a host, or a network of hosts, may
// transfer in a day, a week or a billing month.
//
// Units    bytes, both directions together.
// Threads  values and pure functions.
// Errors   std::invalid_argument whose message follows the option's name.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "ntm/net/network.h"

namespace ntm::usage {

enum class QuotaPeriod : uint8_t { kDay, kWeek, kMonth };

// "day", "week", "month".
const char* NameOf(QuotaPeriod period) noexcept;

struct HostQuota {
  static constexpr size_t kMost = 64;

  std::string host;  // as given, in lower case
  // One of these is set.
  std::optional<Network> network;  // an address is a network of its own
  std::string mac;
  std::string name;

  uint64_t bytes = 0;
  QuotaPeriod period = QuotaPeriod::kMonth;
};

// "tablet=5GB/day", "a4:83:e7:00:00:01=50GB/month", "192.168.1.0/24=1TB/week".
HostQuota ParseHostQuota(const std::string& text);

// At most HostQuota::kMost, each host once per period.
std::vector<HostQuota> ParseHostQuotas(const std::vector<std::string>& words);

// True iff a host with this name is meant: the whole name, or its first label
// if the quota's name has no dot.
bool IsNamed(const HostQuota& quota, const std::string& name);

}  // namespace ntm::usage
