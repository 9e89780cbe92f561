// The reports by which modules share data: in each tick a module may publish
// one plain struct, which the others read in the next tick.
//
// Units    bytes, packets, bytes per second; ns since the epoch.
// Shape    an absent report means that its feature is off or has failed.
// Threads  written in OnTick() on the main thread; a published report is
//          immutable and may be kept.
// Errors   none.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "ntm/net/address.h"
#include "ntm/net/host_names.h"

namespace ntm {

// How an interface's receive and transmit counters map to down (to the local
// hosts) and up (from them).
enum class SiteSense : uint8_t {
  kReceiveIsDown,   // it leads outside, or this machine is the only local host
  kTransmitIsDown,  // it leads to local hosts
  kUnknown,         // down and up traffic is in both counters, as on a bridge
};

// One network interface, or the sum of the monitored ones.
struct InterfaceSample {
  std::string name;  // kTotalInterface for the sum
  bool up = false;
  // These start at the kernel's value when ntm first sees the interface, and
  // never decrease: if the kernel's counter is reset or wraps, or a new
  // interface gets the name, they continue from the old value. The sum keeps
  // the counters of interfaces that have disappeared.
  uint64_t receive_bytes = 0;
  uint64_t transmit_bytes = 0;
  uint64_t receive_packets = 0;
  uint64_t transmit_packets = 0;
  uint64_t receive_errors = 0;
  uint64_t transmit_errors = 0;
  uint64_t receive_dropped = 0;
  uint64_t transmit_dropped = 0;
  // Over the last tick; absent in an interface's first tick.
  std::optional<double> receive_bytes_per_second;
  std::optional<double> transmit_bytes_per_second;
  // Capacity in one direction: --max-bandwidth, else the speed of a hardware
  // link (for the sum: of the fastest link that is up), else 1 Gbit/s.
  double max_bytes_per_second = 0;

  uint64_t speed_bits_per_second = 0;  // the link speed; 0: unknown
  uint32_t mtu_bytes = 0;
  std::string mac;  // "" if it has none, "mac" with --anonymize
  // With prefix length: "10.0.0.1/24"; aliases with --anonymize.
  std::vector<std::string> addresses;
  // The capacity is unknown: max_bytes_per_second is the default of 1 Gbit/s.
  bool max_is_assumed = false;
  SiteSense sense = SiteSense::kReceiveIsDown;
};

inline constexpr char kTotalInterface[] = "_total";

// The down and up traffic of one captured interface.
struct SiteInterface {
  std::string name;
  // With kUnknown the counters come from the captured packets, by direction, in
  // bytes of IP since the start; else from the kernel, as in InterfaceSample.
  SiteSense sense = SiteSense::kReceiveIsDown;
  // Identifies the counters across restarts. Counters from another source have
  // another name.
  std::string counter_name;
  uint64_t down_bytes = 0;
  uint64_t up_bytes = 0;
  std::optional<double> down_bytes_per_second;
  std::optional<double> up_bytes_per_second;
  double max_bytes_per_second = 0;  // per direction
  bool max_is_assumed = false;
};

// The traffic to and from the local hosts; each byte counts once. Where a time
// series or an agent's update has one receive and one transmit for all of an
// ntm, receive is down and transmit is up.
struct SiteReport {
  std::vector<SiteInterface> interfaces;  // that exist now, by name
  // Including interfaces that have disappeared.
  uint64_t down_bytes = 0;
  uint64_t up_bytes = 0;
  std::optional<double> down_bytes_per_second;
  std::optional<double> up_bytes_per_second;
  // --max-bandwidth, else the capacity of the fastest of them.
  double max_bytes_per_second = 0;
  bool max_is_assumed = false;
};

struct InterfaceReport {
  int64_t time_ns = 0;
  std::vector<InterfaceSample> interfaces;  // the monitored ones, by name
  InterfaceSample total;                    // the sum of the kernel's counters
  SiteReport site;
};

// The samples of one cycle of --interval, for the console and the database.
struct InterfaceCycle {
  int64_t time_ns = 0;
  // First the sum, unless options.track-total is off; then the interfaces by
  // name, unless options.track-per-interface is off. Rates are means over the
  // cycle; absent in an interface's first cycle, and if options.calculate-rates
  // is off.
  std::vector<InterfaceSample> rows;
  // options.store-raw-counts: if false, the database gets 0 for the counters.
  bool store_raw_counts = true;
};

// The state of an agent: another ntm that pushes to this one.
struct AgentSample {
  std::string id;
  bool active = false;  // an update came in the last 30 s or three intervals
  int64_t last_update_ns = 0;
  double receive_bytes_per_second = 0;
  double transmit_bytes_per_second = 0;
  uint64_t receive_bytes = 0;  // kept across restarts of the agent and the hub
  uint64_t transmit_bytes = 0;
  double max_bytes_per_second = 0;  // both directions together; 0: unknown
  double cpu_percent = 0;
  double memory_percent = 0;
};

struct AgentReport {
  int64_t time_ns = 0;
  std::vector<AgentSample> agents;  // by id
  // The updates since the last tick, in the order of arrival. One that the
  // agent had to queue has the time at which it was made.
  std::vector<AgentSample> updates;
};

// Whether the history can be written.
struct HistoryReport {
  int64_t time_ns = 0;
  bool works = true;
  std::string problem;  // "" if it works
};

// The use of one --host-quota in its present period.
struct HostQuotaUse {
  std::string host;         // as given: a name, a hardware address or a network
  std::string period;       // "day", "week" or "month"
  uint64_t used_bytes = 0;  // both directions
  uint64_t quota_bytes = 0;
};

// The use of the billing month's --quota, and of the hosts' quotas.
struct UsageReport {
  int64_t time_ns = 0;
  int64_t period_begin_ns = 0;
  int64_t period_end_ns = 0;
  uint64_t used_bytes = 0;   // both directions
  uint64_t quota_bytes = 0;  // 0: none is set
  // The projected use at the end of the month.
  double expected_bytes = 0;
  std::vector<HostQuotaUse> host_quotas;  // in the order of the options
};

// One traffic class: its QoS rule and its use of the link.
struct ClassShare {
  std::string name;  // "video"
  bool has_rule = false;
  int priority = 0;  // 0 to 3; 0 gets the remaining bandwidth
  int dscp = 0;      // of the rule
  double min_bytes_per_second = 0;
  double max_bytes_per_second = 0;
  double demand_bytes_per_second = 0;  // forecast
  double allocated_bytes_per_second = 0;
  double used_bytes_per_second = 0;  // over the last tick, without incoming
};

struct QosReport {
  int64_t time_ns = 0;
  std::string interface;  // the link whose bandwidth is divided
  double total_bytes_per_second = 0;
  bool enforced = false;
  bool marked = false;  // packets get the DSCP of their class's rule
  std::vector<ClassShare> classes;  // by descending priority, then by name
};

// The forecast of one link's traffic for one horizon.
struct BandwidthForecast {
  std::string interface;
  std::string direction;      // "receive" or "transmit"
  std::string traffic_class;  // "" for all classes
  int64_t horizon_seconds = 0;
  double bytes_per_second = 0;  // the mean over the horizon
  double lower_bytes_per_second = 0;
  double upper_bytes_per_second = 0;
  double required_bytes_per_second = 0;  // upper bound of the peak bin
  double confidence_ratio = 0;           // share of recent forecasts that held
  std::string model;                     // "rule_based", "naive" or "ensemble"
};

struct ForecastReport {
  int64_t time_ns = 0;
  std::vector<BandwidthForecast> forecasts;
};

struct Alert {
  int64_t id = 0;
  std::string name;      // "LinkUtilizationHigh"
  std::string severity;  // "info", "warning", "critical"
  std::string subject;   // an interface, a class or an agent
  std::string message;   // a sentence, including the remedy
  int64_t began_ns = 0;
};

struct AlertReport {
  int64_t time_ns = 0;
  std::vector<Alert> active;  // oldest first
};

// Times of answers, over a while.
struct AnswerTimes {
  uint64_t count = 0;
  // 0 if count is.
  double median_seconds = 0;
  double p95_seconds = 0;
};

// TCP segments of one side.
struct SentSegments {
  uint64_t segments = 0;  // with payload
  uint64_t retransmitted = 0;

  // Absent with so few segments that it says nothing.
  std::optional<double> Ratio() const {
    constexpr uint64_t kEnough = 50;
    if (segments < kEnough) return std::nullopt;
    return static_cast<double>(retransmitted) / static_cast<double>(segments);
  }
};

struct ServiceHealth {
  std::string service;
  SentSegments sent;  // by both sides
  uint64_t connections = 0;
  uint64_t failed_connections = 0;
};

struct HealthMinute {
  int64_t time_ns = 0;                   // of its end
  std::optional<double> remote_seconds;  // medians
  std::optional<double> local_seconds;
  std::optional<double> dns_seconds;
  std::optional<double> up_ratio;  // retransmitted
  std::optional<double> down_ratio;
};

struct NameServerHealth {
  std::string server;  // as in the label `server`
  AnswerTimes times;
  uint64_t questions = 0;  // that were answered, or not in time
  uint64_t failed = 0;     // SERVFAIL, REFUSED …, or not answered
};

// Over the last five minutes, or since the start: for alerts.
struct SteadyHealth {
  double seconds = 0;
  SentSegments up;  // by local hosts
  SentSegments down;
  std::vector<NameServerHealth> name_servers;
  // "192.168.1.7: 02:… and 02:…", of the last ten minutes; "": none.
  std::string address_conflict;
};

// The health of the network over the last minute.
struct HealthReport {
  int64_t time_ns = 0;
  double seconds = 0;  // that it is about
  AnswerTimes remote;  // handshakes, to the remote end and back
  AnswerTimes local;
  AnswerTimes dns;
  SentSegments up;  // sent by local hosts
  SentSegments down;
  uint64_t connections = 0;  // attempts, of which:
  uint64_t refused_connections = 0;
  uint64_t unanswered_connections = 0;
  uint64_t dns_questions = 0;  // that were answered, or not in time
  uint64_t dns_failures = 0;   // SERVFAIL, REFUSED …
  uint64_t dns_unanswered = 0;
  // What is wrong, in sentences; what is right, if nothing is.
  std::vector<std::string> findings;
  bool is_well = true;
  std::vector<ServiceHealth> services;  // that suffer most, at most 5
  std::vector<HealthMinute> hour;       // oldest first
  bool has_past = false;                // what is older is in the database
  SteadyHealth steady;
};

// A host on the local networks, with all of its addresses if its hardware
// address is known and is not a router's; else with one address.
struct LocalDevice {
  std::string id;                  // its MAC, else its address
  std::string mac;                 // "" if it is not known
  std::string vendor;              // "Apple", "randomised"; "" if not known
  std::string name;                // the last known one; "" for none
  std::vector<Address> addresses;  // IPv4 first
};

// A device that was never seen before.
struct NewDevice {
  std::string id;
  std::string description;  // "phone (Apple), 192.168.1.7"
  bool is_over = false;     // it is not new any more; shown for a while longer
};

struct DeviceReport {
  int64_t time_ns = 0;
  std::vector<LocalDevice> devices;
  // By address; the positions in `devices`.
  std::unordered_map<Address, size_t, AddressHash> by_address;
  std::vector<NewDevice> new_devices;

  // nullptr if the address is of no known device.
  const LocalDevice* Find(const Address& address) const {
    const auto found = by_address.find(address);
    return found == by_address.end() ? nullptr : &devices[found->second];
  }
};

// The names of hosts. Absent with --anonymize.
struct NameReport {
  std::shared_ptr<const HostNames> names;  // never null
};

// What each local host has transferred today, largest first.
struct HostUsage {
  std::string host;  // as in the labels src and dst
  uint64_t in_bytes = 0;
  uint64_t out_bytes = 0;
};

struct HostUsageReport {
  std::string day;  // "2026-01-31"
  std::vector<HostUsage> hosts;
};

struct Reports {
  std::shared_ptr<const InterfaceReport> interfaces;
  // Only in the first tick and in each tick that ends a cycle.
  std::shared_ptr<const InterfaceCycle> cycle;
  std::shared_ptr<const AgentReport> agents;
  std::shared_ptr<const HistoryReport> history;
  std::shared_ptr<const UsageReport> usage;
  std::shared_ptr<const QosReport> qos;
  std::shared_ptr<const ForecastReport> forecast;
  std::shared_ptr<const AlertReport> alerts;
  std::shared_ptr<const HealthReport> health;
  std::shared_ptr<const DeviceReport> devices;
  std::shared_ptr<const NameReport> names;
  std::shared_ptr<const HostUsageReport> host_usage;
};

}  // namespace ntm
