#include "ntm/capture/dns_tap.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "ntm/net/address.h"
#include "packet_builder.h"

namespace ntm {
namespace {

using test::CapturedFrame;
using test::Eth;
using test::PacketBuilder;

class Heard final : public DnsListener {
 public:
  void OnDatagram(const DnsDatagram& datagram) noexcept override {
    src = ToString(datagram.src) + " " + std::to_string(datagram.src_port);
    dst = ToString(datagram.dst) + " " + std::to_string(datagram.dst_port);
    payloads.emplace_back(datagram.data, datagram.data + datagram.bytes);
  }

  std::string src;
  std::string dst;
  std::vector<std::vector<uint8_t>> payloads;
};

Heard Hear(const CapturedFrame& frame) {
  Heard heard;
  HearDns(frame.View(), &heard);
  return heard;
}

PacketBuilder Dns() {
  return Eth().Ipv4("10.0.0.1", "10.0.0.2").Udp(40000, 53);
}

TEST(DnsTapTest, HearsQueriesAndAnswers) {
  const Heard query = Hear(Dns().Payload(30).Build());
  ASSERT_EQ(query.payloads.size(), 1U);
  EXPECT_EQ(query.payloads[0].size(), 30U);
  EXPECT_EQ(query.src, "10.0.0.1 40000");
  EXPECT_EQ(query.dst, "10.0.0.2 53");
  const Heard answer =
      Hear(Eth().Ipv6("fd00::2", "fd00::1").Udp(53, 40000).Payload(99).Build());
  ASSERT_EQ(answer.payloads.size(), 1U);
  EXPECT_EQ(answer.payloads[0].size(), 99U);
  EXPECT_EQ(answer.src, "fd00::2 53");
}

TEST(DnsTapTest, HearsBehindTagsAndOptions) {
  EXPECT_EQ(Hear(Eth()
                     .Vlan(7)
                     .Ipv4("10.0.0.1", "10.0.0.2", 8)
                     .Udp(53, 40000)
                     .Payload(30)
                     .Build())
                .payloads.at(0)
                .size(),
            30U);
}

TEST(DnsTapTest, PassesOverWhatIsNoWholeDatagram) {
  for (const CapturedFrame& frame :
       {Eth().Ipv4("10.0.0.1", "10.0.0.2").Tcp(40000, 53).Payload(30).Build(),
        Eth().Ipv4("10.0.0.1", "10.0.0.2").Udp(40000, 54).Payload(30).Build(),
        Eth()
            .Ipv4("10.0.0.1", "10.0.0.2")
            .Fragment(0, true, 1)
            .Udp(40000, 53)
            .Payload(30)
            .Build(),
        Eth()
            .Ipv6("fd00::2", "fd00::1")
            .HopByHop()
            .Udp(53, 40000)
            .Payload(30)
            .Build(),
        Dns().Build(), Eth().Arp("10.0.0.1", "10.0.0.2").Build()}) {
    EXPECT_TRUE(Hear(frame).payloads.empty());
  }
}

TEST(DnsTapTest, HearsNothingOfAFrameThatIsCutAnywhere) {
  CapturedFrame frame = Dns().Payload(30).Build();
  while (!frame.bytes.empty()) {
    frame.bytes.pop_back();
    EXPECT_TRUE(Hear(frame).payloads.empty()) << frame.bytes.size();
  }
}

}  // namespace
}  // namespace ntm
