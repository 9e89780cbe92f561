#include "modules/qos/mark_plan.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "modules/qos/queue_plan.h"

namespace ntm::qos {
namespace {

using Field = MarkStep::Field;

ClassShare Share(const char* name, bool has_rule, int dscp) {
  ClassShare share;
  share.name = name;
  share.has_rule = has_rule;
  share.dscp = dscp;
  return share;
}

QosReport Report() {
  QosReport report;
  report.interface = "va";
  report.classes = {Share("video", true, 34), Share("voice", true, 46),
                    Share("file", true, 0), Share("background", false, 0),
                    Share("other", false, 0)};
  return report;
}

bool Fits(const MarkStep& step, const Packet& packet) {
  const auto is_in = [&step](uint16_t port) {
    return port >= step.first && port <= step.last;
  };
  switch (step.field) {
    case Field::kIpv4Dscp:
      return packet.dscp == step.first;
    case Field::kTcp:
      return packet.protocol == kProtocolTcp;
    case Field::kUdp:
      return packet.protocol == kProtocolUdp;
    case Field::kSrcPort:
      return is_in(packet.src_port);
    case Field::kDstPort:
      return is_in(packet.dst_port);
    case Field::kIpv4:
      return true;
    case Field::kIpv6Dscp:
    case Field::kIpv6:
      return false;
  }
  return false;
}

// Evaluates the steps for an IPv4 packet as the kernel does: the first match
// decides, and ports are matched in a chain of their own.
std::string Goal(const MarkPlan& plan, const Packet& packet) {
  for (const MarkStep& step : plan.steps) {
    if (!Fits(step, packet)) continue;
    if (step.chain != kPortsChain) return step.chain;
    for (const MarkStep& port : plan.port_steps) {
      if (Fits(port, packet)) return port.chain;
    }
  }
  return "";
}

TEST(MarkPlanTest, ClassifiesPacketsLikeTheCounter) {
  std::mt19937 random(5);
  for (const ClassifyBy by :
       {ClassifyBy::kPort, ClassifyBy::kDscp, ClassifyBy::kDscpThenPort,
        ClassifyBy::kPortThenDscp}) {
    TrafficClasses classes(by);
    classes.Define("game=27015-27033+0-3+65535+dscp26");
    classes.Define("other=443");
    const MarkPlan plan = MakeMarkPlan(Report(), classes);
    const std::vector<uint16_t> ports = {
        0,    1,    3,    4,    22,    53,    80,    443,   3479,  5060,
        5062, 5063, 6974, 6980, 16384, 27015, 27033, 27034, 40000, 65535};
    for (int round = 0; round < 5000; ++round) {
      Packet packet;
      packet.is_ip = packet.has_ports = true;
      packet.protocol = random() % 2 == 0 ? kProtocolUdp : kProtocolTcp;
      packet.src_port = ports[random() % ports.size()];
      packet.dst_port = ports[random() % ports.size()];
      packet.dscp = static_cast<uint8_t>(random() % 64);
      ASSERT_EQ(Goal(plan, packet),
                "class_" + std::string(classes.Name(classes.Classify(packet))))
          << packet.src_port << " " << packet.dst_port << " "
          << int{packet.dscp};
    }
  }
}

TEST(MarkPlanTest, MarksOnlyClassesWithARule) {
  const TrafficClasses classes;
  const MarkPlan plan = MakeMarkPlan(Report(), classes);
  ASSERT_EQ(plan.classes.size(), 5U);
  const auto dscp_of = [&plan](const std::string& chain) {
    return std::ranges::find(plan.classes, chain, &MarkClass::chain)->dscp;
  };
  EXPECT_EQ(dscp_of("class_video"), 34);
  EXPECT_EQ(dscp_of("class_file"), 0);
  EXPECT_EQ(dscp_of("class_background"), std::nullopt);
  EXPECT_EQ(dscp_of("class_other"), std::nullopt);
}

TEST(MarkPlanTest, ReplacesCharactersThatNftRefusesInNames) {
  EXPECT_EQ(MarkTableOf("br-lan.7"), "ntm_qos_br-lan.7");
  EXPECT_EQ(MarkTableOf("a:b@c"), "ntm_qos_a_b_c");
}

TEST(MarkCommandsTest, MatchTheSyntaxOfNft) {
  const auto commands = MarkCommands(MakeMarkPlan(Report(), TrafficClasses()));
  const auto has = [&commands](const std::string& command) {
    return std::ranges::find(commands, command) != commands.end();
  };
  EXPECT_EQ(commands[0], "nft add table netdev ntm_qos_va");
  EXPECT_EQ(commands[1],
            "nft 'add chain netdev ntm_qos_va egress { type filter hook egress "
            "device \"va\" priority 0; policy accept; }'");
  EXPECT_TRUE(
      has("nft add rule netdev ntm_qos_va class_voice ip6 dscp set 46"));
  EXPECT_TRUE(
      has("nft add rule netdev ntm_qos_va class_voice meta priority set "
          "4e54:30"));
  EXPECT_TRUE(
      has("nft add rule netdev ntm_qos_va ports th dport 5004-5005 goto "
          "class_video"));
  EXPECT_EQ(commands.back(),
            "nft add rule netdev ntm_qos_va egress meta protocol ip6 goto "
            "class_other");
}

TEST(MarkWarningsTest, NameClassesThatAreCountedAsAnother) {
  QosReport report = Report();
  report.classes[0].dscp = 46;
  EXPECT_EQ(Miscounted(report, TrafficClasses(ClassifyBy::kDscpThenPort)),
            std::vector<std::string>{"video (46 is voice)"});
  EXPECT_TRUE(Miscounted(report, TrafficClasses(ClassifyBy::kPort)).empty());
  EXPECT_TRUE(
      Miscounted(Report(), TrafficClasses(ClassifyBy::kDscpThenPort)).empty());
}

TEST(QueueMinorTest, FindsTheClassAgain) {
  EXPECT_EQ(ClassOfMinor(MinorOf(kClassVoice)), kClassVoice);
  EXPECT_EQ(ClassOfMinor(kLinkMinor), kNoClass);
  EXPECT_EQ(ClassOfMinor(0), kNoClass);
}

}  // namespace
}  // namespace ntm::qos
