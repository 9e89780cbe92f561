// Computes the nftables rules that mark packets with a DSCP; does not apply
// them.
//
// Shape    one table per interface, with a chain at the egress hook, a chain
//          that matches ports, and a chain for each class of traffic. The chain
//          of a class sets the packet's priority to the handle of the class's
//          queue and, if the class has a rule, its DSCP. Packets are classified
//          as in TrafficClasses; nftables finds the ports behind IP options and
//          extension headers, and none in later fragments.
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

// The first match decides.
struct MarkStep {
  enum class Field : uint8_t {
    kIpv4Dscp,
    kIpv6Dscp,
    kTcp,  // goes on with the ports
    kUdp,
    kSrcPort,
    kDstPort,
    kIpv4,
    kIpv6
  };
  Field field = Field::kIpv4;
  uint16_t first = 0;  // the DSCP, or the first port
  uint16_t last = 0;
  std::string chain;  // the next chain

  friend bool operator==(const MarkStep&, const MarkStep&) = default;
};

struct MarkClass {
  std::string chain;
  uint16_t minor = 0;
  std::optional<uint8_t> dscp;  // nullopt: unchanged

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

// The classes of the plan, the only part that depends on the rules.
std::vector<MarkClass> MarkClassesOf(const QosReport& report,
                                     const TrafficClasses& classes);
MarkPlan MakeMarkPlan(const QosReport& report, const TrafficClasses& classes);

// "ntm_qos_eth0"; characters that nft does not accept are replaced.
std::string MarkTableOf(const std::string& interface);

// The plan as shell commands of nft(8).
std::vector<std::string> MarkCommands(const MarkPlan& plan);

// The classes that are counted as another class once their packets are marked,
// because classification uses the DSCP and theirs belongs to the other class:
// "video (46 is voice)".
std::vector<std::string> Miscounted(const QosReport& report,
                                    const TrafficClasses& classes);

}  // namespace ntm::qos
