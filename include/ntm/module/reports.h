// What modules tell each other: each may post one plain struct per tick, which
// the others read in the next one.
//
// Units    bytes, packets, bytes per second; ns since the epoch.
// Shape    an absent post is a feature that is switched off or has failed.
// Threads  written in OnTick() on the main thread; what is posted is immutable
//          and may be kept.
// Errors   none.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace ntm {

// What the kernel's counters of an interface say of down, which is toward the
// local hosts, and up, which is from them.
enum class SiteSense : uint8_t {
  kReceiveIsDown,   // it leads outside, or the machine is the only local host
  kTransmitIsDown,  // it leads to local hosts
  kUnknown,         // both ways cross it in both directions, as on a bridge
};

// One network interface, or the sum of the monitored ones.
struct InterfaceSample {
  std::string name;  // kTotalInterface for the sum
  bool up = false;
  // The kernel's own value when ntm first saw the interface; from then on these
  // only grow: a counter of the kernel that goes back, wraps or belongs to a
  // new interface of that name starts anew there, and goes on here. In the sum
  // an interface that has gone keeps what it had.
  uint64_t receive_bytes = 0;
  uint64_t transmit_bytes = 0;
  uint64_t receive_packets = 0;
  uint64_t transmit_packets = 0;
  uint64_t receive_errors = 0;
  uint64_t transmit_errors = 0;
  uint64_t receive_dropped = 0;
  uint64_t transmit_dropped = 0;
  // Over the last tick; absent in an interface's first.
  std::optional<double> receive_bytes_per_second;
  std::optional<double> transmit_bytes_per_second;
  // What it can carry in one direction: --max-bandwidth, else the speed of a
  // link that is hardware (of the sum the fastest that is up), else 1 Gbit/s.
  double max_bytes_per_second = 0;

  uint64_t speed_bits_per_second = 0;  // the link's own; 0: unknown
  uint32_t mtu_bytes = 0;
  std::string mac;  // "" where it has none; no address with --anonymize
  std::vector<std::string> addresses;  // with prefix length: "10.0.0.1/24"
  // max_bytes_per_second is that 1 Gbit/s: nobody knows what it can carry.
  bool max_is_assumed = false;
  SiteSense sense = SiteSense::kReceiveIsDown;
};

inline constexpr char kTotalInterface[] = "_total";

// A captured interface as a way into the site and out of it.
struct SiteInterface {
  std::string name;
  // kUnknown: counted are the captured packets by their direction, in bytes of
  // IP, since the start; else the kernel's bytes, as in InterfaceSample.
  SiteSense sense = SiteSense::kReceiveIsDown;
  // Who keeps counters from run to run keeps them under this name: other
  // counters have another.
  std::string counter_name;
  uint64_t down_bytes = 0;
  uint64_t up_bytes = 0;
  std::optional<double> down_bytes_per_second;
  std::optional<double> up_bytes_per_second;
  double max_bytes_per_second = 0;  // each way
  bool max_is_assumed = false;
};

// What went to the local hosts and from them, each byte once: the one place
// that says so. Where a time series or an update has receive and transmit for a
// whole ntm, receive is down and transmit is up.
struct SiteReport {
  std::vector<SiteInterface> interfaces;  // by name; those that are there now
  // With what interfaces had carried that have gone since.
  uint64_t down_bytes = 0;
  uint64_t up_bytes = 0;
  std::optional<double> down_bytes_per_second;
  std::optional<double> up_bytes_per_second;
  // --max-bandwidth, else that of the fastest of them.
  double max_bytes_per_second = 0;
  bool max_is_assumed = false;
};

struct InterfaceReport {
  int64_t time_ns = 0;
  std::vector<InterfaceSample> interfaces;  // the monitored ones, by name
  InterfaceSample total;                    // their sum, as the kernel counts
  SiteReport site;
};

// What a cycle of --interval has brought: its rows, for the console and the
// database.
struct InterfaceCycle {
  int64_t time_ns = 0;
  // The sum first, unless options.track-total is off; then the interfaces by
  // name, unless options.track-per-interface is off. Their rates are means over
  // the cycle; absent in an interface's first, and with options.calculate-rates
  // off.
  std::vector<InterfaceSample> rows;
  // options.store-raw-counts: iff false, a database keeps 0 for the counters.
  bool store_raw_counts = true;
};

// What another instance of ntm has pushed to this one.
struct AgentSample {
  std::string id;
  bool active = false;  // heard of in the last 30 s, or three of its intervals
  int64_t last_update_ns = 0;
  double receive_bytes_per_second = 0;
  double transmit_bytes_per_second = 0;
  uint64_t receive_bytes = 0;  // since ever, over restarts on both sides
  uint64_t transmit_bytes = 0;
  double max_bytes_per_second = 0;  // both directions together; 0: unknown
  double cpu_percent = 0;
  double memory_percent = 0;
};

struct AgentReport {
  int64_t time_ns = 0;
  std::vector<AgentSample> agents;  // by id
  // What came since the tick before, as it came: of one agent the older first.
  // An update that had to wait for its hub has the time at which it was made.
  std::vector<AgentSample> updates;
};

// What the history keeps and whether it can.
struct HistoryReport {
  int64_t time_ns = 0;
  bool works = true;
  std::string problem;  // "" where it works
};

// What was used in the billing month against --quota.
struct UsageReport {
  int64_t time_ns = 0;
  int64_t period_begin_ns = 0;
  int64_t period_end_ns = 0;
  uint64_t used_bytes = 0;   // both directions
  uint64_t quota_bytes = 0;  // 0: none is set
  // Where this month ends if it goes on as it has.
  double expected_bytes = 0;
};

// One class of traffic, as it is ruled and as it is.
struct ClassShare {
  std::string name;  // "video"
  bool has_rule = false;
  int priority = 0;  // 0, which gets what is left, to 3
  int dscp = 0;      // what the rule says
  double min_bytes_per_second = 0;
  double max_bytes_per_second = 0;
  double demand_bytes_per_second = 0;  // what it is expected to need
  double allocated_bytes_per_second = 0;
  double used_bytes_per_second = 0;  // over the last tick, but what came in
};

struct QosReport {
  int64_t time_ns = 0;
  std::string interface;  // the link that is shared out
  double total_bytes_per_second = 0;
  bool enforced = false;
  bool marked = false;  // packets get the DSCP of their class's rule
  std::vector<ClassShare> classes;  // by falling priority, then by name
};

// What one link is expected to carry over one horizon.
struct BandwidthForecast {
  std::string interface;
  std::string direction;      // "receive" or "transmit"
  std::string traffic_class;  // "" for all of them
  int64_t horizon_seconds = 0;
  double bytes_per_second = 0;  // the mean over the horizon
  double lower_bytes_per_second = 0;
  double upper_bytes_per_second = 0;
  double required_bytes_per_second = 0;  // upper bound of the peak bin
  double confidence_ratio = 0;           // of recent forecasts, those that held
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
  std::string subject;   // what it is about: an interface, a class, an agent
  std::string message;   // a sentence with the remedy
  int64_t began_ns = 0;
};

struct AlertReport {
  int64_t time_ns = 0;
  std::vector<Alert> active;  // the oldest first
};

struct Reports {
  std::shared_ptr<const InterfaceReport> interfaces;
  // In the first tick and then in each that ends a cycle; absent in the others.
  std::shared_ptr<const InterfaceCycle> cycle;
  std::shared_ptr<const AgentReport> agents;
  std::shared_ptr<const HistoryReport> history;
  std::shared_ptr<const UsageReport> usage;
  std::shared_ptr<const QosReport> qos;
  std::shared_ptr<const ForecastReport> forecast;
  std::shared_ptr<const AlertReport> alerts;
};

}  // namespace ntm
