#include "modules/qos/queue_plan.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <optional>
#include <random>

#include "modules/qos/enforcer.h"
#include "modules/qos/queue_reader.h"

namespace ntm::qos {
namespace {

ClassShare Share(const char* name, double allocated, double min, double max,
                 int priority) {
  ClassShare share;
  share.name = name;
  share.allocated_bytes_per_second = allocated;
  share.min_bytes_per_second = min;
  share.max_bytes_per_second = max;
  share.priority = priority;
  return share;
}

QosReport Report(double total) {
  QosReport report;
  report.interface = "va";
  report.total_bytes_per_second = total;
  report.classes = {
      Share("video", 3e6, 1e6, 5e6, 3), Share("voice", 0, 1e5, 1e6, 3),
      Share("file", 2e6, 0, 9e9, 1), Share("background", 0, 0, 2e6, 0),
      Share("other", 0, 0, 9e9, 0)};
  return report;
}

const QueueClass& ClassOf(const QueuePlan& plan, const char* name) {
  return *std::ranges::find(plan.classes, name, &QueueClass::name);
}

TEST(QueuePlanTest, GuaranteesTheShareOrTheMinimum) {
  const QueuePlan plan = MakePlan(Report(12.5e6), TrafficClasses());
  EXPECT_EQ(ClassOf(plan, "video").rate, 3'000'000U);
  EXPECT_EQ(ClassOf(plan, "video").ceiling, 5'000'000U);
  EXPECT_EQ(ClassOf(plan, "video").precedence, 0U);
  EXPECT_EQ(ClassOf(plan, "voice").rate, 100'000U);
  EXPECT_EQ(ClassOf(plan, "file").ceiling, 12'500'000U);
  EXPECT_EQ(ClassOf(plan, "background").rate, 1000U);
  EXPECT_EQ(ClassOf(plan, "background").precedence, 3U);
  EXPECT_EQ(plan.default_minor, ClassOf(plan, "other").minor);
}

TEST(QueuePlanTest, GuaranteesNoMoreThanTheLinkHas) {
  const QueuePlan plan = MakePlan(Report(1e6), TrafficClasses());
  uint64_t sum = 0;
  for (const QueueClass& queue_class : plan.classes) {
    sum += queue_class.rate;
    EXPECT_LE(queue_class.ceiling, plan.total);
    EXPECT_LE(queue_class.rate, queue_class.ceiling);
  }
  EXPECT_LE(sum, plan.total);
  EXPECT_GT(sum, plan.total * 99 / 100);
}

// Evaluates the matches as the kernel does: the first match decides.
ClassId ByMatches(const std::vector<QueueMatch>& matches,
                  const Packet& packet) {
  for (const QueueMatch& match : matches) {
    const uint16_t field =
        match.field == QueueMatch::Field::kSrcPort   ? packet.src_port
        : match.field == QueueMatch::Field::kDstPort ? packet.dst_port
                                                     : packet.dscp;
    if ((field & match.mask) == match.value) {
      return ClassOfMinor(match.minor);
    }
  }
  return kClassOther;
}

TEST(QueueMatchesTest, ClassifyPacketsLikeTheCounter) {
  std::mt19937 random(5);
  for (const ClassifyBy by :
       {ClassifyBy::kPort, ClassifyBy::kDscp, ClassifyBy::kDscpThenPort,
        ClassifyBy::kPortThenDscp}) {
    TrafficClasses classes(by);
    classes.Define("game=27015-27033+0-3+65535+dscp26");
    classes.Define("other=443");
    const auto matches = MatchesOf(classes);
    const std::vector<uint16_t> ports = {
        0,    1,     3,     4,     20,    22,    23,    53,   80,
        443,  1755,  3479,  5060,  5062,  5063,  6970,  6974, 6979,
        6980, 16384, 16396, 27015, 27033, 27034, 40000, 65535};
    for (int round = 0; round < 5000; ++round) {
      Packet packet;
      packet.is_ip = packet.has_ports = true;
      packet.protocol = kProtocolUdp;
      packet.src_port = ports[random() % ports.size()];
      packet.dst_port = ports[random() % ports.size()];
      packet.dscp = static_cast<uint8_t>(random() % 64);
      ASSERT_EQ(ByMatches(matches, packet), classes.Classify(packet))
          << packet.src_port << " " << packet.dst_port << " "
          << int{packet.dscp};
    }
  }
}

TEST(QueueCommandsTest, MatchTheSyntaxOfTc) {
  const QueuePlan plan = MakePlan(Report(12.5e6), TrafficClasses());
  const auto commands =
      SetUpCommands(plan, MatchesOf(TrafficClasses()), "fq_codel");
  EXPECT_EQ(commands[0],
            "tc qdisc add dev va root handle 4e54: htb default 10");
  EXPECT_EQ(commands[1],
            "tc class add dev va parent 4e54: classid 4e54:1 htb rate "
            "100000000bit ceil 100000000bit quantum 1514");
  EXPECT_EQ(ChangeCommand(plan, ClassOf(plan, "video")),
            "tc class change dev va parent 4e54:1 classid 4e54:20 htb rate "
            "24000000bit ceil 40000000bit prio 0 quantum 1514");
}

TEST(QueueChangesTest, IgnoresSmallChanges) {
  const QueueClass is{"video", 0x12, 1000, 5000, 0};
  QueueClass near = is;
  near.rate = 1090;
  near.ceiling = 4600;
  EXPECT_FALSE(Differs(is, near));
  QueueClass far = is;
  far.rate = 1110;
  EXPECT_TRUE(Differs(is, far));
  far = is;
  far.ceiling = 4400;
  EXPECT_TRUE(Differs(is, far));
  far = is;
  far.precedence = 1;
  EXPECT_TRUE(Differs(is, far));
}

TEST(QueueChangesTest, HappenAtMostOnceInTenSeconds) {
  PrintedQueues printed;
  const TrafficClasses classes;
  QosReport report = Report(12.5e6);
  const auto tick = std::chrono::seconds(1);
  EXPECT_NE(printed.Commands(report, classes, tick), "");
  report.classes[0].allocated_bytes_per_second = 4e6;
  int changes = 0;
  for (int second = 1; second <= 9; ++second) {
    EXPECT_EQ(printed.Commands(report, classes, tick), "");
  }
  for (int second = 10; second <= 30; ++second) {
    if (!printed.Commands(report, classes, tick).empty()) ++changes;
  }
  EXPECT_EQ(changes, 1);
}

TEST(QueueHandleTest, IsFormattedAsByTc) {
  EXPECT_EQ(HandleText(0x4e540000), "4e54:");
  EXPECT_EQ(HandleText(0x4e540012), "4e54:12");
  EXPECT_EQ(HandleText(0xffffffff), "root");
  EXPECT_EQ(HandleText(0), "0:");
}

}  // namespace
}  // namespace ntm::qos
