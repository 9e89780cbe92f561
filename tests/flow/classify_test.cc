#include "ntm/flow/classify.h"

#include <gtest/gtest.h>

#include <memory>
#include <sstream>
#include <string>
#include <utility>

namespace ntm {
namespace {

std::shared_ptr<const Services> SomeServices() {
  std::istringstream lines(
      "ssh 22/tcp\ndomain 53/tcp\ndomain 53/udp\nhttp 80/tcp\n"
      "https 443/tcp\nhttps 443/udp\nnfs 2049/udp\n");
  return std::make_shared<Services>(Services::FromStream(lines));
}

Packet Udp(uint8_t last_octet, uint16_t src_port, uint16_t dst_port) {
  const uint8_t src[] = {10, 0, 0, 1};
  const uint8_t dst[] = {10, 0, 0, last_octet};
  Packet packet;
  packet.src = Address::Ipv4(src);
  packet.dst = Address::Ipv4(dst);
  packet.protocol = kProtocolUdp;
  packet.has_ports = true;
  packet.src_port = src_port;
  packet.dst_port = dst_port;
  packet.is_ip = true;
  return packet;
}

Packet First(uint32_t id, uint16_t dst_port, uint8_t last_octet = 2) {
  Packet packet = Udp(last_octet, 50000, dst_port);
  packet.first_fragment = true;
  packet.fragment_id = id;
  return packet;
}

Packet Later(uint32_t id, uint8_t last_octet = 2) {
  Packet packet = Udp(last_octet, 0, 0);
  packet.has_ports = false;
  packet.later_fragment = true;
  packet.fragment_id = id;
  return packet;
}

Packet OverIpv6(Packet packet) {
  const uint8_t src[16] = {0x20, 1, 0xd, 0xb8, 1};
  const uint8_t dst[16] = {0x20, 1, 0xd, 0xb8, 2};
  packet.src = Address::Ipv6(src);
  packet.dst = Address::Ipv6(dst);
  return packet;
}

class ClassifierTest : public testing::Test {
 protected:
  std::string NameOf(const Packet& packet) {
    return std::string(services_->Name(classifier_.Classify(packet).service));
  }

  std::shared_ptr<const Services> services_ = SomeServices();
  Classifier classifier_{services_, std::make_shared<TrafficClasses>()};
};

TEST_F(ClassifierTest, NamesBothDirectionsAlike) {
  EXPECT_EQ(NameOf(Udp(2, 51000, 443)), "https");
  EXPECT_EQ(NameOf(Udp(2, 443, 51000)), "https");
  EXPECT_EQ(NameOf(Udp(2, 51001, 51002)), "");
}

TEST_F(ClassifierTest, NamesNothingWithoutPorts) {
  Packet icmp = Udp(2, 53, 53);
  icmp.has_ports = false;
  icmp.protocol = kProtocolIcmp;
  EXPECT_EQ(NameOf(icmp), "");
}

class NamedServerTest : public ClassifierTest {
 protected:
  // The class of a packet of 10.0.0.2, which is a server of class voice.
  static std::string ClassOfNamed(Classifier* classifier,
                                  const TrafficClasses& classes,
                                  const Packet& packet) {
    const ServerClasses::Rule rule = {Udp(2, 1, 1).dst, Address(), kClassVoice};
    const ServerClasses servers({&rule, 1});
    classifier->set_servers(&servers);
    const Classes made = classifier->Classify(packet);
    classifier->set_servers(nullptr);
    return std::string(classes.Name(made.traffic_class));
  }
  static std::string ClassBy(ClassifyBy by, uint16_t dst_port, uint8_t dscp) {
    const auto classes = std::make_shared<TrafficClasses>(by);
    Classifier classifier(nullptr, classes);
    Packet packet = Udp(2, 50000, dst_port);
    packet.dscp = dscp;
    return ClassOfNamed(&classifier, *classes, packet);
  }
};

TEST_F(NamedServerTest, ANameCountsBeforeThePorts) {
  EXPECT_EQ(ClassBy(ClassifyBy::kPort, 443, 0), "voice");
  EXPECT_EQ(ClassBy(ClassifyBy::kPort, 50001, 0), "voice");
}

TEST_F(NamedServerTest, ANameStandsInForThePortsBesideTheDscp) {
  constexpr uint8_t kVideoDscp = 34;
  EXPECT_EQ(ClassBy(ClassifyBy::kDscpThenPort, 443, kVideoDscp), "video");
  EXPECT_EQ(ClassBy(ClassifyBy::kDscpThenPort, 443, 0), "voice");
  EXPECT_EQ(ClassBy(ClassifyBy::kPortThenDscp, 50001, kVideoDscp), "voice");
}

TEST_F(NamedServerTest, KeepsTheServiceAndLeavesOtherPacketsAsTheyAre) {
  const TrafficClasses classes;
  EXPECT_EQ(ClassOfNamed(&classifier_, classes, Udp(3, 50000, 443)), "file");
  Packet icmp = Udp(2, 0, 0);
  icmp.has_ports = false;
  EXPECT_EQ(ClassOfNamed(&classifier_, classes, icmp), "other");
  EXPECT_EQ(NameOf(Udp(2, 50000, 443)), "https");
}

TEST_F(NamedServerTest, LaterFragmentsHaveTheClassOfTheFirst) {
  const TrafficClasses classes;
  EXPECT_EQ(ClassOfNamed(&classifier_, classes, First(7, 443)), "voice");
  EXPECT_EQ(ClassOfNamed(&classifier_, classes, Later(7)), "voice");
  EXPECT_EQ(ClassOfNamed(&classifier_, classes, Later(8)), "other");
  // Also when the server was forgotten in between.
  EXPECT_EQ(classifier_.Classify(Later(7)).traffic_class, kClassVoice);
}

TEST_F(ClassifierTest, KeepsTheServiceForLaterFragments) {
  EXPECT_EQ(NameOf(First(7, 2049)), "nfs");
  EXPECT_EQ(NameOf(Later(7)), "nfs");
  EXPECT_EQ(NameOf(Later(7)), "nfs");
}

TEST_F(ClassifierTest, DistinguishesDatagrams) {
  EXPECT_EQ(NameOf(First(7, 2049)), "nfs");
  EXPECT_EQ(NameOf(Later(8)), "") << "another identification";
  EXPECT_EQ(NameOf(Later(7, 3)), "") << "another destination";
  Packet reverse = Later(7);
  std::swap(reverse.src, reverse.dst);
  EXPECT_EQ(NameOf(reverse), "") << "the other direction";
  Packet tcp = Later(7);
  tcp.protocol = kProtocolTcp;
  EXPECT_EQ(NameOf(tcp), "") << "another protocol";
}

TEST_F(ClassifierTest, NamesNothingBeforeTheFirstFragment) {
  EXPECT_EQ(NameOf(Later(7)), "");
  EXPECT_EQ(NameOf(First(7, 2049)), "nfs");
  EXPECT_EQ(NameOf(Later(7)), "nfs");
}

TEST_F(ClassifierTest, UsesTheNewestDatagramWithAnIdentification) {
  EXPECT_EQ(NameOf(First(7, 2049)), "nfs");
  EXPECT_EQ(NameOf(First(7, 40000)), "");
  EXPECT_EQ(NameOf(Later(7)), "");
}

TEST_F(ClassifierTest, ForgetsTheDatagramWhoseFirstFragmentHasNoPorts) {
  EXPECT_EQ(NameOf(First(7, 2049)), "nfs");
  Packet cut = First(7, 0);
  cut.has_ports = false;
  EXPECT_EQ(NameOf(cut), "");
  EXPECT_EQ(NameOf(Later(7)), "");
}

TEST_F(ClassifierTest, IgnoresTheNextHeaderOfLaterIpv6Fragments) {
  EXPECT_EQ(NameOf(OverIpv6(First(9, 2049))), "nfs");
  Packet later = OverIpv6(Later(9));
  later.protocol = kProtocolTcp;
  EXPECT_EQ(NameOf(later), "nfs");
}

TEST_F(ClassifierTest, RemembersManyDatagramsAndTheNewestOfThemAlways) {
  for (uint32_t id = 0; id < 10000; ++id) {
    ASSERT_EQ(NameOf(First(id, 2049)), "nfs");
    ASSERT_EQ(NameOf(Later(id)), "nfs");
  }
  size_t remembered = 0;
  for (uint32_t id = 0; id < 10000; ++id) {
    if (NameOf(Later(id)) == "nfs") ++remembered;
  }
  EXPECT_GT(remembered, 900U);
  EXPECT_LE(remembered, 1024U);
}

TEST_F(ClassifierTest, IsDeterministic) {
  Classifier twin(SomeServices(), nullptr);
  for (uint32_t id = 0; id < 5000; ++id) {
    const Packet first = First(id * 2654435761U, id % 2 == 0 ? 2049 : 53);
    ASSERT_EQ(classifier_.Classify(first).service,
              twin.Classify(first).service);
  }
  for (uint32_t id = 0; id < 5000; ++id) {
    const Packet later = Later(id * 2654435761U);
    ASSERT_EQ(classifier_.Classify(later).service,
              twin.Classify(later).service);
  }
}

}  // namespace
}  // namespace ntm
