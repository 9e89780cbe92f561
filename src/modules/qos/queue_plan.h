// How the queues of a link are to be, before anybody makes them.
//
// Units    bytes per second.
// Shape    a root of HTB (kMajor:), one class for the whole link (kMajor:1),
//          below it one for each class of traffic. A class's rate is what it
//          is allocated, or its min if that is more, all of them scaled down
//          to the link; its ceiling its max. What nobody uses HTB lends by
//          priority. Packets are told apart by their ports as TrafficClasses
//          does it: the matches are in the order in which the first one that
//          fits decides.
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

// Of a class of traffic. The low bits are zero: queues of other devices below
// take them for a band, and should take them all for the same.
inline uint16_t MinorOf(ClassId id) {
  return static_cast<uint16_t>(id << kMinorShift);
}
// kNoClass where it is of none; may be past the last class.
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

// The ports that a class has, in the order in which they decide: the lower of
// two that have a class.
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

// What a match is asked of. A tagged frame is a protocol of its own with the
// same headers: the kernel keeps the tag beside them.
struct FilterSet {
  uint16_t ethertype;
  const char* name;
  uint16_t order;  // each protocol has its own
  bool is_ipv6;
};
inline constexpr std::array kFilterSets = {
    FilterSet{0x0800, "ip", 1, false}, FilterSet{0x86dd, "ipv6", 2, true},
    FilterSet{0x8100, "802.1q", 3, false},
    FilterSet{0x8100, "802.1q", 3, true}};

// The bytes of a packet that a match compares; offsets from the IP header.
struct FilterKey {
  uint16_t value;
  uint16_t mask;
  int offset;
  bool is_byte;
};
// Of a port one list for TCP and one for UDP. IPv4 without options and without
// later fragments.
std::vector<std::vector<FilterKey>> KeysOf(const QueueMatch& match,
                                           const FilterSet& set);

// The commands of tc(8) that make such queues.
std::vector<std::string> SetUpCommands(const QueuePlan& plan,
                                       const std::vector<QueueMatch>& matches,
                                       const std::string& leaf_kind);
std::string ChangeCommand(const QueuePlan& plan, const QueueClass& queue_class);

}  // namespace ntm::qos
