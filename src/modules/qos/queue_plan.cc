#include "queue_plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>

namespace ntm::qos {
namespace {

constexpr double kLeastRate = 1000;  // the lowest rate at which HTB is accurate

// Splits a port range into values with masks.
void AppendPorts(const PortOwner& owner, std::vector<QueueMatch>* matches) {
  uint32_t at = owner.first;
  while (at <= owner.last) {
    uint32_t size = at == 0 ? 0x10000 : 1U << std::countr_zero(at);
    while (at + size - 1 > owner.last) size /= 2;
    for (const auto field :
         {QueueMatch::Field::kSrcPort, QueueMatch::Field::kDstPort}) {
      matches->push_back({field, static_cast<uint16_t>(at),
                          static_cast<uint16_t>(~(size - 1)),
                          MinorOf(owner.id)});
    }
    at += size;
  }
}

void AppendAllPorts(const TrafficClasses& classes,
                    std::vector<QueueMatch>* matches) {
  for (const PortOwner& owner : PortOwners(classes)) {
    AppendPorts(owner, matches);
  }
}

void AppendDscps(const TrafficClasses& classes,
                 std::vector<QueueMatch>* matches) {
  for (size_t at = kClassOther + 1; at < classes.count(); ++at) {
    const auto id = static_cast<ClassId>(at);
    for (const uint8_t dscp : classes.DscpsOf(id)) {
      matches->push_back(
          {QueueMatch::Field::kDscp, dscp, kDscpCount - 1, MinorOf(id)});
    }
  }
}

uint64_t Whole(double rate) { return static_cast<uint64_t>(rate); }

std::string Rate(uint64_t bytes_per_second) {
  return fmt::format("{}bit", bytes_per_second * 8);
}

std::string ClassWords(const QueuePlan& plan, const QueueClass& c) {
  return fmt::format(
      "dev {} parent {:x}:{:x} classid {:x}:{:x} htb rate {} ceil {} prio {} "
      "quantum 1514",
      plan.interface, kMajor, kLinkMinor, kMajor, c.minor, Rate(c.rate),
      Rate(c.ceiling), c.precedence);
}

void AppendFilters(const QueuePlan& plan, const QueueMatch& match,
                   const FilterSet& set, std::vector<std::string>* commands) {
  for (const auto& keys : KeysOf(match, set)) {
    std::string command =
        fmt::format("tc filter add dev {} parent {:x}: protocol {} prio {} u32",
                    plan.interface, kMajor, set.name, set.order);
    for (const FilterKey& key : keys) {
      command +=
          fmt::format(" match {} {:#x} {:#x} at {}", key.is_byte ? "u8" : "u16",
                      key.value, key.mask, key.offset);
    }
    commands->push_back(command +
                        fmt::format(" flowid {:x}:{:x}", kMajor, match.minor));
  }
}

}  // namespace

std::vector<PortOwner> PortOwners(const TrafficClasses& classes) {
  std::vector<PortOwner> owners;
  for (size_t at = kClassOther + 1; at < classes.count(); ++at) {
    const auto id = static_cast<ClassId>(at);
    for (const auto& range : classes.PortsOf(id)) {
      owners.push_back({range.first, range.last, id});
    }
  }
  std::ranges::sort(owners, {}, &PortOwner::first);
  return owners;
}

std::vector<QueueMatch> MatchesOf(const TrafficClasses& classes) {
  std::vector<QueueMatch> matches;
  const bool dscp_first = DscpDecidesFirst(classes);
  if (dscp_first) AppendDscps(classes, &matches);
  AppendAllPorts(classes, &matches);
  if (!dscp_first) AppendDscps(classes, &matches);
  return matches;
}

std::vector<std::vector<FilterKey>> KeysOf(const QueueMatch& match,
                                           const FilterSet& set) {
  const bool v6 = set.is_ipv6;
  const FilterKey version{static_cast<uint16_t>(v6 ? 0x60 : 0x40), 0xf0, 0,
                          true};
  if (match.field == QueueMatch::Field::kDscp) {
    const auto shifted = static_cast<uint16_t>(match.value << (v6 ? 6 : 2));
    return {{v6 ? FilterKey{shifted, 0xfc0, 0, false}
                : FilterKey{shifted, 0xfc, 1, true},
             version}};
  }
  const int port_at =
      (v6 ? 40 : 20) + (match.field == QueueMatch::Field::kDstPort ? 2 : 0);
  std::vector<std::vector<FilterKey>> all;
  for (const uint16_t transport : {uint16_t{6}, uint16_t{17}}) {
    std::vector<FilterKey> keys = {{match.value, match.mask, port_at, false},
                                   {transport, 0xff, v6 ? 6 : 9, true}};
    if (v6) {
      keys.push_back(version);
    } else {
      keys.push_back({0x45, 0xff, 0, true});
      keys.push_back({0, 0x1fff, 6, false});
    }
    all.push_back(std::move(keys));
  }
  return all;
}

QueuePlan MakePlan(const QosReport& report, const TrafficClasses& classes) {
  QueuePlan plan;
  plan.interface = report.interface;
  plan.total = std::max<uint64_t>(Whole(report.total_bytes_per_second),
                                  Whole(kLeastRate));
  plan.default_minor = MinorOf(kClassOther);
  double sum = 0;
  std::vector<double> rates;
  for (const ClassShare& share : report.classes) {
    rates.push_back(std::max({share.allocated_bytes_per_second,
                              share.min_bytes_per_second, kLeastRate}));
    sum += rates.back();
  }
  const auto total = static_cast<double>(plan.total);
  const double scale = sum > total ? total / sum : 1;
  for (size_t i = 0; i < report.classes.size(); ++i) {
    const ClassShare& share = report.classes[i];
    QueueClass queue_class;
    queue_class.name = share.name;
    queue_class.minor = MinorOf(classes.Find(share.name));
    queue_class.rate = std::max<uint64_t>(Whole(rates[i] * scale), 1);
    queue_class.ceiling =
        std::clamp(Whole(share.max_bytes_per_second), queue_class.rate,
                   std::max(plan.total, queue_class.rate));
    queue_class.precedence = static_cast<uint32_t>(3 - share.priority);
    plan.classes.push_back(std::move(queue_class));
  }
  std::ranges::sort(plan.classes, {}, &QueueClass::minor);
  return plan;
}

std::vector<std::string> SetUpCommands(const QueuePlan& plan,
                                       const std::vector<QueueMatch>& matches,
                                       const std::string& leaf_kind) {
  std::vector<std::string> commands = {
      fmt::format("tc qdisc add dev {} root handle {:x}: htb default {:x}",
                  plan.interface, kMajor, plan.default_minor),
      fmt::format("tc class add dev {} parent {:x}: classid {:x}:{:x} htb "
                  "rate {} ceil {} quantum 1514",
                  plan.interface, kMajor, kMajor, kLinkMinor, Rate(plan.total),
                  Rate(plan.total))};
  for (const QueueClass& queue_class : plan.classes) {
    commands.push_back("tc class add " + ClassWords(plan, queue_class));
    commands.push_back(fmt::format("tc qdisc add dev {} parent {:x}:{:x} {}",
                                   plan.interface, kMajor, queue_class.minor,
                                   leaf_kind));
  }
  for (const FilterSet& set : kFilterSets) {
    for (const QueueMatch& match : matches) {
      AppendFilters(plan, match, set, &commands);
    }
  }
  return commands;
}

std::string ChangeCommand(const QueuePlan& plan,
                          const QueueClass& queue_class) {
  return "tc class change " + ClassWords(plan, queue_class);
}

}  // namespace ntm::qos
