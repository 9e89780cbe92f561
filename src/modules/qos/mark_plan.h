// Which packets get which DSCP, before anybody tells the kernel.
//
// Shape    a table of nftables of our own for one interface, with a chain at
//          its egress, one that tells the ports apart, and one for each class
//          of traffic. The chain of a class puts the packet into the class's
//          queue (its priority is the queue's handle), and gives it the DSCP
//          of the class's rule where there is a rule. A class is found as by
//          TrafficClasses; nftables looks behind options and extension headers
//          for the ports, and finds none in later fragments.
// Threads  pure functions and values.
// Errors   none.
// Source   nft(8).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "ntm/flow/traffic_class.h"
#include "ntm/module/reports.h"

namespace ntm::qos {

inline constexpr char kMarkTablePrefix[] = "ntm_qos_";
inline constexpr char kEgressChain[] = "egress";
inline constexpr char kPortsChain[] = "ports";

// The first that fits decides.
struct MarkStep {
  enum class Field : uint8_t {
    kIpv4Dscp,
    kIpv6Dscp,
    kTcp,  // looks at the ports
    kUdp,
    kSrcPort,
    kDstPort,
    kIpv4,
    kIpv6
  };
  Field field = Field::kIpv4;
  uint16_t first = 0;  // of the DSCP (which is one), or the ports
  uint16_t last = 0;
  std::string chain;  // where it goes on

  friend bool operator==(const MarkStep&, const MarkStep&) = default;
};

struct MarkClass {
  std::string chain;
  uint16_t minor = 0;
  std::optional<uint8_t> dscp;  // nothing: as it is

  friend bool operator==(const MarkClass&, const MarkClass&) = default;
};

struct MarkPlan {
  std::string interface;
  std::string table;
  std::vector<MarkStep> steps;
  std::vector<MarkStep> port_steps;
  std::vector<MarkClass> classes;

  friend bool operator==(const MarkPlan&, const MarkPlan&) = default;
};

// What each class does; the part of a plan that rules change.
std::vector<MarkClass> MarkClassesOf(const QosReport& report,
                                     const TrafficClasses& classes);
MarkPlan MakeMarkPlan(const QosReport& report, const TrafficClasses& classes);

// "ntm_qos_eth0": what nft takes for a name.
std::string MarkTableOf(const std::string& interface);

// The commands of nft(8) for a shell.
std::vector<std::string> MarkCommands(const MarkPlan& plan);

// The classes that are counted as another one once they are marked, for the
// DSCP decides and is that of the other: "video (46 is voice)".
std::vector<std::string> Miscounted(const QosReport& report,
                                    const TrafficClasses& classes);

}  // namespace ntm::qos
