#include "ntm/flow/traffic_class.h"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <vector>

namespace ntm {
namespace {

constexpr uint16_t kEphemeral = 40000;

Packet PacketOf(Protocol protocol, int src_port, int dst_port, int dscp = 0) {
  Packet packet;
  packet.protocol = protocol;
  packet.src_port = static_cast<uint16_t>(src_port);
  packet.dst_port = static_cast<uint16_t>(dst_port);
  packet.has_ports = true;
  packet.is_ip = true;
  packet.dscp = static_cast<uint8_t>(dscp);
  return packet;
}

// The class, which must be the same in both directions.
std::string ClassOf(const TrafficClasses& classes, int port_a, int port_b,
                    int dscp = 0) {
  const auto name = [&](int src, int dst) {
    return std::string(
        classes.Name(classes.Classify(PacketOf(kProtocolUdp, src, dst, dscp))));
  };
  EXPECT_EQ(name(port_a, port_b), name(port_b, port_a));
  return name(port_a, port_b);
}

std::string ClassOf(int port_a, int port_b) {
  static const TrafficClasses classes;
  return ClassOf(classes, port_a, port_b);
}

void ExpectEach(const std::vector<int>& ports, const char* expected) {
  for (const int port : ports) {
    EXPECT_EQ(ClassOf(kEphemeral, port), expected) << port;
  }
}

TEST(TrafficClassesTest, ClassifiesEveryVideoPortAsVideo) {
  ExpectEach({1935, 3478, 5004, 8554, 6970, 6971, 6972, 6973, 6974, 6975, 6976,
              6977, 6978, 6979, 3479, 5005, 1755},
             "video");
}

TEST(TrafficClassesTest, ClassifiesEveryVoicePortAsVoice) {
  ExpectEach({5060, 5061, 5062, 16384, 16385, 16386, 16387, 16388, 16389, 16390,
              16391, 16392, 16393, 16394, 16395, 16396},
             "voice");
}

TEST(TrafficClassesTest, ClassifiesFilePortsAndTheWebAsFile) {
  ExpectEach({20, 21, 22, 25, 110, 143, 445, 3389, 8080, 8443, 80, 443},
             "file");
}

TEST(TrafficClassesTest, ClassifiesEveryBackgroundPortAsBackground) {
  ExpectEach({53, 123, 161, 162, 389, 636, 3306, 5432}, "background");
}

TEST(TrafficClassesTest, ClassifiesAdjacentPortsAsOther) {
  ExpectEach({19, 23, 1934, 3480, 5003, 5006, 6969, 6980, 8553, 5059, 5063,
              16383, 16397, 50000},
             "other");
}

TEST(TrafficClassesTest, NeverClassifiesUnknownUdpAsVoice) {
  EXPECT_EQ(ClassOf(kEphemeral, 50000), "other");
  EXPECT_EQ(ClassOf(kEphemeral, 443), "file");
}

TEST(TrafficClassesTest, PrefersTheLowerOfTwoKnownPorts) {
  EXPECT_EQ(ClassOf(5060, 443), "file");
  EXPECT_EQ(ClassOf(5004, 16384), "video");
}

TEST(TrafficClassesTest, ClassifiesPacketsWithoutPortsAsOther) {
  const TrafficClasses classes;
  Packet packet = PacketOf(kProtocolIcmp, 53, 53, 46);
  packet.has_ports = false;
  EXPECT_EQ(classes.Classify(packet), kClassOther);
}

TEST(TrafficClassesTest, DscpCanDecideFirst) {
  const TrafficClasses classes(ClassifyBy::kDscpThenPort);
  for (const int dscp : {40, 46}) {
    EXPECT_EQ(ClassOf(classes, kEphemeral, 80, dscp), "voice") << dscp;
  }
  for (const int dscp : {24, 32, 34, 36, 38}) {
    EXPECT_EQ(ClassOf(classes, kEphemeral, 80, dscp), "video") << dscp;
  }
  for (const int dscp : {1, 8}) {
    EXPECT_EQ(ClassOf(classes, kEphemeral, 80, dscp), "background") << dscp;
  }
  EXPECT_EQ(ClassOf(classes, kEphemeral, 80, 0), "file");
  EXPECT_EQ(ClassOf(classes, kEphemeral, 50000, 10), "other");
}

TEST(TrafficClassesTest, DscpCanDecideLastOrAlone) {
  const TrafficClasses last(ClassifyBy::kPortThenDscp);
  EXPECT_EQ(ClassOf(last, kEphemeral, 80, 46), "file");
  EXPECT_EQ(ClassOf(last, kEphemeral, 50000, 46), "voice");
  const TrafficClasses alone(ClassifyBy::kDscp);
  EXPECT_EQ(ClassOf(alone, kEphemeral, 80, 46), "voice");
  EXPECT_EQ(ClassOf(alone, kEphemeral, 80, 0), "other");
}

TEST(TrafficClassesTest, IgnoresDscpOfNonIpPackets) {
  const TrafficClasses classes(ClassifyBy::kDscpThenPort);
  Packet arp = PacketOf(kProtocolUnknown, 0, 0, 46);
  arp.has_ports = arp.is_ip = false;
  EXPECT_EQ(classes.Classify(arp), kClassOther);
}

TEST(TrafficClassesTest, CreatesClassesAndMovesPorts) {
  TrafficClasses classes(ClassifyBy::kDscpThenPort);
  classes.Define("game=27015-27030+3074+dscp26");
  classes.Define("video=443");
  classes.Define("other=80");
  EXPECT_EQ(ClassOf(classes, kEphemeral, 27020), "game");
  EXPECT_EQ(ClassOf(classes, kEphemeral, 3074), "game");
  EXPECT_EQ(ClassOf(classes, kEphemeral, 80, 26), "game");
  EXPECT_EQ(ClassOf(classes, kEphemeral, 443), "video");
  EXPECT_EQ(ClassOf(classes, kEphemeral, 80), "other");
  EXPECT_EQ(ClassOf(classes, kEphemeral, 22), "file");
  EXPECT_EQ(classes.Find("game"), kClassBackground + 1);
  EXPECT_EQ(classes.count(), 7U);
}

TEST(TrafficClassesTest, ListsThePortsAndDscpsOfAClass) {
  TrafficClasses classes(ClassifyBy::kDscpThenPort);
  classes.Define("game=27015-27030+27031+dscp26");
  const auto ports = classes.PortsOf(classes.Find("game"));
  ASSERT_EQ(ports.size(), 1U);
  EXPECT_EQ(ports[0].first, 27015);
  EXPECT_EQ(ports[0].last, 27031);
  EXPECT_EQ(classes.DscpsOf(classes.Find("game")), std::vector<uint8_t>{26});
  EXPECT_EQ(TrafficClasses().DscpsOf(kClassVoice), std::vector<uint8_t>{});
}

TEST(TrafficClassesTest, AClassMayHaveDomainsBesidePortsAndDscps) {
  TrafficClasses classes;
  classes.DefineUsualDomains();
  classes.Define("game=27015+*.game.example+dscp26.example.org");
  const ClassId game = classes.Find("game");
  EXPECT_EQ(ClassOf(classes, kEphemeral, 27015), "game");
  EXPECT_EQ(classes.domains().Find("eu.game.example"), game);
  EXPECT_EQ(classes.domains().Find("dscp26.example.org"), game);
  EXPECT_EQ(classes.domains().Find("r1.googlevideo.com"), kClassVideo);
  classes.Define("other=*.googlevideo.com");
  EXPECT_EQ(classes.domains().Find("r1.googlevideo.com"), kNoClass);
}

TEST(TrafficClassesTest, WhereTheDscpDecidesAloneDomainsDoNotCount) {
  TrafficClasses classes(ClassifyBy::kDscp);
  classes.DefineUsualDomains();
  classes.Define("game=*.game.example");
  EXPECT_FALSE(classes.domains().HasAny());
  EXPECT_THROW(classes.Define("game=*.a.*"), std::invalid_argument);
}

TEST(TrafficClassesTest, RefusesMalformedDefinitions) {
  TrafficClasses classes;
  for (const char* text :
       {"", "game", "game=", "=80", "Game=80", "ga me=80", "game=65536",
        "game=80-70", "game=80+", "game=dscp64", "game=a", "game=-1", "1x=80",
        "abcdefghijklmnopqrstuvwxyzabcdefg=80"}) {
    EXPECT_THROW(classes.Define(text), std::invalid_argument) << text;
  }
}

TEST(TrafficClassesTest, RefusesTooManyClasses) {
  TrafficClasses classes;
  for (size_t i = classes.count(); i < kMaxClasses; ++i) {
    classes.Define("c" + std::to_string(i) + "=1");
  }
  EXPECT_THROW(classes.Define("more=1"), std::invalid_argument);
}

}  // namespace
}  // namespace ntm
