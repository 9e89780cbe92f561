// Computes the queues of a link; does not create them.
//
// Units    bytes per second.
// Shape    a root of HTB (kMajor:), one class for the whole link (kMajor:1),
//          below it one for each class of traffic. The rate of a class is its
//          allocation or its min, whichever is larger; if the sum exceeds the
//          link, all are scaled down. Its ceiling is its max. HTB lends unused
//          bandwidth by priority. Packets are classified as in TrafficClasses;
//          the first of the matches decides.
// Threads  pure functions and values.
// Errors   none.
// Source   tc-htb(8), tc-u32(8).
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "ntm/flow/traffic_class.h"
#include "ntm/module/reports.h"

namespace ntm::qos {

inline constexpr uint16_t kMajor = 0x4e54;  // "NT"
inline constexpr uint16_t kLinkMinor = 1;

inline constexpr int kMinorShift = 4;

// The minor number for a class of traffic. The low bits are 0, because queues
// of stacked devices use them as the band, which should be the same for all.
inline uint16_t MinorOf(ClassId id) {
  return static_cast<uint16_t>(id << kMinorShift);
}
// kNoClass if the minor number is not one of a class; the result may be past
// the last class.
inline ClassId ClassOfMinor(uint16_t minor) {
  const bool is_class =
      MinorOf(static_cast<ClassId>(minor >> kMinorShift)) == minor;
  return is_class ? static_cast<ClassId>(minor >> kMinorShift) : kNoClass;
}

struct QueueClass {
  std::string name;
  uint16_t minor = 0;
  uint64_t rate = 0;
  uint64_t ceiling = 0;
  uint32_t precedence = 0;  // 0 is served first

  friend bool operator==(const QueueClass&, const QueueClass&) = default;
};

struct QueueMatch {
  enum class Field : uint8_t { kSrcPort, kDstPort, kDscp };
  Field field = Field::kSrcPort;
  uint16_t value = 0;
  uint16_t mask = 0;
  uint16_t minor = 0;

  friend bool operator==(const QueueMatch&, const QueueMatch&) = default;
};

struct QueuePlan {
  std::string interface;
  uint64_t total = 0;
  std::vector<QueueClass> classes;  // by minor
  uint16_t default_minor = 0;       // of "other"
};

// The port ranges of the classes by first port: if both ports of a packet have
// a class, the lower one decides.
struct PortOwner {
  uint16_t first;
  uint16_t last;
  ClassId id;
};
std::vector<PortOwner> PortOwners(const TrafficClasses& classes);
inline bool DscpDecidesFirst(const TrafficClasses& classes) {
  return classes.by() == ClassifyBy::kDscp ||
         classes.by() == ClassifyBy::kDscpThenPort;
}

QueuePlan MakePlan(const QosReport& report, const TrafficClasses& classes);

std::vector<QueueMatch> MatchesOf(const TrafficClasses& classes);

// The protocols for which each match is installed. A VLAN-tagged frame has a
// protocol of its own but the same headers, since the kernel stores the tag
// separately.
struct FilterSet {
  uint16_t ethertype;
  const char* name;
  uint16_t order;  // one per protocol
  bool is_ipv6;
};
inline constexpr std::array kFilterSets = {
    FilterSet{0x0800, "ip", 1, false}, FilterSet{0x86dd, "ipv6", 2, true},
    FilterSet{0x8100, "802.1q", 3, false},
    FilterSet{0x8100, "802.1q", 3, true}};

// The bytes of a packet to compare; offsets from the IP header.
struct FilterKey {
  uint16_t value;
  uint16_t mask;
  int offset;
  bool is_byte;
};
// For a port one list for TCP and one for UDP. IPv4 packets with options and
// later fragments do not match.
std::vector<std::vector<FilterKey>> KeysOf(const QueueMatch& match,
                                           const FilterSet& set);

// The commands of tc(8) that create these queues.
std::vector<std::string> SetUpCommands(const QueuePlan& plan,
                                       const std::vector<QueueMatch>& matches,
                                       const std::string& leaf_kind);
std::string ChangeCommand(const QueuePlan& plan, const QueueClass& queue_class);

}  // namespace ntm::qos
