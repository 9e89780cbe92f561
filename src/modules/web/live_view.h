// Finds the busiest flows, hosts, services and classes of a snapshot for the
// page.
//
// Units    bytes; bytes per second over the time between two snapshots.
// Shape    hosts and services by descending rate, then descending total. Up is
//          from a local host, down is to a local host; traffic between two
//          local hosts is up for one and down for the other. The addresses
//          of one device are one host, called by the first of them; addresses
//          that are no host's are one local host, kNoHostText.
// Threads  pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "ntm/flow/snapshot.h"
#include "ntm/flow/traffic_class.h"
#include "ntm/module/reports.h"

namespace ntm::web {

struct Talker {
  std::string name;
  double up_bytes_per_second = 0;
  double down_bytes_per_second = 0;
  uint64_t up_bytes = 0;
  uint64_t down_bytes = 0;
  // Of a host; "" if it is not known. If only one other host talks to it, the
  // name by which that one calls it.
  std::string host_name = {};
  std::string vendor = {};
  // A device's addresses with traffic, if there are several.
  std::vector<std::string> addresses = {};
  // The only host that it talks to; kNone if there are several.
  Address only_peer = {};
};

struct ActiveFlow {
  std::string src;
  std::string dst;
  // Each end's name, as the other calls it; "" if it is not known.
  std::string src_name;
  std::string dst_name;
  std::string protocol;
  std::string service;
  ClassId traffic_class = kClassOther;
  double bytes_per_second = 0;
  uint64_t bytes = 0;
};

struct ClassRate {
  std::string name;
  size_t active_flows = 0;  // by the class of their last packet
  double bytes_per_second = 0;
  uint64_t bytes = 0;
};

struct LiveView {
  size_t active_flows = 0;  // with traffic in that time
  std::vector<ActiveFlow> flows;
  std::vector<Talker> local_hosts;
  std::vector<Talker> remote_hosts;
  std::vector<Talker> services;    // "" for an unknown service
  std::vector<ClassRate> classes;  // by ClassId, including 0, which is no class
};

inline constexpr size_t kShownFlows = 20;
inline constexpr size_t kShownTalkers = 10;

// A filter for the shown flows, hosts and services; the counts of flows and
// classes ignore it.
struct ShownOnly {
  std::vector<std::string> hosts;  // src or dst is one of them, as listed
  std::optional<std::string> service;
};

// Without `before` there are no rates.
LiveView ViewOf(const Snapshot& now, const Snapshot* before,
                const ShownOnly& only = {}, const Reports& reports = {});

}  // namespace ntm::web
