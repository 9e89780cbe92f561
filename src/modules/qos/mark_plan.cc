#include "mark_plan.h"

#include <fmt/format.h>

#include <algorithm>

#include "queue_plan.h"

namespace ntm::qos {
namespace {

using Field = MarkStep::Field;

std::string ChainOf(const TrafficClasses& classes, ClassId id) {
  return "class_" + std::string(classes.Name(id));
}

void AppendDscps(const TrafficClasses& classes, std::vector<MarkStep>* steps) {
  for (size_t at = kClassOther + 1; at < classes.count(); ++at) {
    const auto id = static_cast<ClassId>(at);
    for (const uint8_t dscp : classes.DscpsOf(id)) {
      for (const Field field : {Field::kIpv4Dscp, Field::kIpv6Dscp}) {
        steps->push_back({field, dscp, dscp, ChainOf(classes, id)});
      }
    }
  }
}

std::string Condition(const MarkStep& step) {
  const std::string ports = step.first == step.last
                                ? fmt::format("{}", step.first)
                                : fmt::format("{}-{}", step.first, step.last);
  switch (step.field) {
    case Field::kIpv4Dscp:
      return fmt::format("ip dscp {}", step.first);
    case Field::kIpv6Dscp:
      return fmt::format("ip6 dscp {}", step.first);
    case Field::kTcp:
      return "meta l4proto tcp";
    case Field::kUdp:
      return "meta l4proto udp";
    case Field::kSrcPort:
      return "th sport " + ports;
    case Field::kDstPort:
      return "th dport " + ports;
    case Field::kIpv4:
      return "meta protocol ip";
    case Field::kIpv6:
      return "meta protocol ip6";
  }
  return "";
}

std::string RuleCommand(const MarkPlan& plan, const std::string& chain,
                        const std::string& rule) {
  return fmt::format("nft add rule netdev {} {} {}", plan.table, chain, rule);
}

void AppendSteps(const MarkPlan& plan, const std::string& chain,
                 const std::vector<MarkStep>& steps,
                 std::vector<std::string>* commands) {
  for (const MarkStep& step : steps) {
    commands->push_back(RuleCommand(
        plan, chain,
        fmt::format("{} {} {}", Condition(step),
                    step.chain == kPortsChain ? "jump" : "goto", step.chain)));
  }
}

}  // namespace

std::string MarkTableOf(const std::string& interface) {
  std::string table = kMarkTablePrefix + interface;
  const auto is_bad = [](char c) {
    return (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') &&
           (c < '0' || c > '9') && c != '-' && c != '.';
  };
  std::ranges::replace_if(table, is_bad, '_');
  return table;
}

std::vector<MarkClass> MarkClassesOf(const QosReport& report,
                                     const TrafficClasses& classes) {
  std::vector<MarkClass> all;
  for (const ClassShare& share : report.classes) {
    const ClassId id = classes.Find(share.name);
    MarkClass made{ChainOf(classes, id), MinorOf(id), std::nullopt};
    if (share.has_rule) made.dscp = static_cast<uint8_t>(share.dscp);
    all.push_back(std::move(made));
  }
  std::ranges::sort(all, {}, &MarkClass::minor);
  return all;
}

MarkPlan MakeMarkPlan(const QosReport& report, const TrafficClasses& classes) {
  MarkPlan plan;
  plan.interface = report.interface;
  plan.table = MarkTableOf(report.interface);
  if (DscpDecidesFirst(classes)) AppendDscps(classes, &plan.steps);
  for (const PortOwner& owner : PortOwners(classes)) {
    for (const Field field : {Field::kSrcPort, Field::kDstPort}) {
      plan.port_steps.push_back(
          {field, owner.first, owner.last, ChainOf(classes, owner.id)});
    }
  }
  for (const Field field : {Field::kTcp, Field::kUdp}) {
    plan.steps.push_back({field, 0, 0, kPortsChain});
  }
  if (!DscpDecidesFirst(classes)) AppendDscps(classes, &plan.steps);
  // Packets that are not IP are left to the filters of the queues.
  for (const Field field : {Field::kIpv4, Field::kIpv6}) {
    plan.steps.push_back({field, 0, 0, ChainOf(classes, kClassOther)});
  }
  plan.classes = MarkClassesOf(report, classes);
  return plan;
}

std::vector<std::string> MarkCommands(const MarkPlan& plan) {
  std::vector<std::string> commands = {
      fmt::format("nft add table netdev {}", plan.table),
      fmt::format("nft 'add chain netdev {} {} {{ type filter hook egress "
                  "device \"{}\" priority 0; policy accept; }}'",
                  plan.table, kEgressChain, plan.interface),
      fmt::format("nft add chain netdev {} {}", plan.table, kPortsChain)};
  for (const MarkClass& made : plan.classes) {
    commands.push_back(
        fmt::format("nft add chain netdev {} {}", plan.table, made.chain));
    commands.push_back(RuleCommand(
        plan, made.chain,
        fmt::format("meta priority set {:x}:{:x}", kMajor, made.minor)));
    if (made.dscp) {
      for (const char* header : {"ip", "ip6"}) {
        commands.push_back(
            RuleCommand(plan, made.chain,
                        fmt::format("{} dscp set {}", header, *made.dscp)));
      }
    }
    commands.push_back(RuleCommand(plan, made.chain, "accept"));
  }
  AppendSteps(plan, kPortsChain, plan.port_steps, &commands);
  AppendSteps(plan, kEgressChain, plan.steps, &commands);
  return commands;
}

std::vector<std::string> Miscounted(const QosReport& report,
                                    const TrafficClasses& classes) {
  std::vector<std::string> all;
  if (!DscpDecidesFirst(classes)) return all;
  for (size_t at = kClassOther + 1; at < classes.count(); ++at) {
    const auto id = static_cast<ClassId>(at);
    for (const uint8_t dscp : classes.DscpsOf(id)) {
      for (const ClassShare& share : report.classes) {
        if (share.has_rule && share.dscp == dscp &&
            share.name != classes.Name(id)) {
          all.push_back(
              fmt::format("{} ({} is {})", share.name, dscp, classes.Name(id)));
        }
      }
    }
  }
  return all;
}

}  // namespace ntm::qos
