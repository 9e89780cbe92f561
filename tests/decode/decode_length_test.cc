// Wrong length fields, contradictory versions, endless chains.
#include <gtest/gtest.h>
#include <pcap/dlt.h>

#include <string>

#include "ntm/decode/decode.h"
#include "packet_builder.h"
#include "packet_text.h"

namespace ntm {
namespace {

using test::DescribeDecoded;
using test::Eth;
using test::PacketBuilder;
using test::PppoeLink;
using test::RawIp;
using test::Sll;

constexpr char kHostA[] = "10.0.0.1";
constexpr char kHostB[] = "10.0.0.2";

std::string Decoded(const PacketBuilder& builder) {
  return DescribeDecoded(builder.Build().View());
}

PacketBuilder Udp4() { return Eth().Ipv4(kHostA, kHostB).Udp(1, 2); }
PacketBuilder Udp6() { return Eth().Ipv6("::1", "::2").Udp(1, 2); }

TEST(DecodeLengthTest, UsesTheWireLengthForImpossibleIpv4Lengths) {
  const std::string udp = "udp 10.0.0.1:1 > 10.0.0.2:2 ";
  EXPECT_EQ(Decoded(Udp4().Payload(100)), udp + "128 B");
  EXPECT_EQ(Decoded(Udp4().Payload(100).IpLength(0)),
            udp + "128 B !ip_length_zero");
  EXPECT_EQ(Decoded(Udp4().Payload(100).IpLength(129)),
            udp + "128 B !ip_length_beyond_frame");
  EXPECT_EQ(Decoded(Udp4().Payload(100).IpLength(19)),
            udp + "128 B !ip_length_below_header");
  EXPECT_EQ(
      Decoded(
          Eth().Ipv4(kHostA, kHostB, 8).Udp(1, 2).Payload(100).IpLength(27)),
      udp + "136 B !ip_length_below_header");
  EXPECT_EQ(Decoded(Udp4().Payload(70000)), udp + "70028 B !ip_length_zero");
}

TEST(DecodeLengthTest, UsesTheWireLengthForImpossibleIpv6Lengths) {
  const std::string udp = "udp ::1:1 > ::2:2 ";
  EXPECT_EQ(Decoded(Udp6().Payload(100)), udp + "148 B");
  EXPECT_EQ(Decoded(Udp6().Payload(100).IpLength(0)),
            udp + "148 B !ip_length_zero");
  EXPECT_EQ(Decoded(Udp6().Payload(100).IpLength(109)),
            udp + "148 B !ip_length_beyond_frame");
  EXPECT_EQ(Decoded(Udp6().Payload(70000)), udp + "70048 B !ip_length_zero");
}

TEST(DecodeLengthTest, ChecksAgainstTheWireLengthNotTheCapturedLength) {
  EXPECT_EQ(Decoded(Udp4().Payload(1000).Snaplen(60)),
            "udp 10.0.0.1:1 > 10.0.0.2:2 1028 B");
  EXPECT_EQ(Decoded(Udp4().Payload(1000).IpLength(0).Snaplen(60)),
            "udp 10.0.0.1:1 > 10.0.0.2:2 1028 B !ip_length_zero");
  EXPECT_EQ(Decoded(Udp4().Payload(1000).IpLength(1029).Snaplen(60)),
            "udp 10.0.0.1:1 > 10.0.0.2:2 1028 B !ip_length_beyond_frame");
}

TEST(DecodeLengthTest, UsesTheCapturedLengthIfTheWireLengthIsShorter) {
  EXPECT_EQ(Decoded(Udp4().Payload(100).Wire(0)),
            "udp 10.0.0.1:1 > 10.0.0.2:2 128 B");
}

TEST(DecodeLengthTest, LeavesTagsOutOfTheWireLength) {
  const std::string tcp = "tcp 10.0.0.1:1 > 10.0.0.2:2 40 B";
  const std::string zero = " !ip_length_zero";
  EXPECT_EQ(Decoded(Eth().Vlan(7).Ipv4(kHostA, kHostB).Tcp(1, 2).IpLength(0)),
            tcp + " vlan 7" + zero);
  EXPECT_EQ(Decoded(Eth().Pppoe().Ipv4(kHostA, kHostB).Tcp(1, 2).IpLength(0)),
            tcp + zero);
  EXPECT_EQ(Decoded(PppoeLink().Ipv4(kHostA, kHostB).Tcp(1, 2).IpLength(0)),
            tcp + zero);
  EXPECT_EQ(Decoded(Sll().Ipv4(kHostA, kHostB).Tcp(1, 2).IpLength(0)),
            tcp + zero);
}

TEST(DecodeLengthTest, LeavesTheMacsecChecksumOut) {
  EXPECT_EQ(Decoded(Eth()
                        .Macsec(true)
                        .Ipv4(kHostA, kHostB)
                        .Tcp(1, 2)
                        .Payload(60)
                        .IpLength(0)
                        .Padding(16)),
            "tcp 10.0.0.1:1 > 10.0.0.2:2 100 B !ip_length_zero");
}

TEST(DecodeLengthTest, ReadsTheLengthOfJumbograms) {
  const auto jumbo = [](uint32_t payload_bytes) {
    return Eth()
        .Ipv6("::1", "::2")
        .Jumbo(payload_bytes)
        .Tcp(1, 2)
        .Payload(70000);
  };
  EXPECT_EQ(Decoded(jumbo(70028)), "tcp ::1:1 > ::2:2 70068 B");
  EXPECT_EQ(Decoded(jumbo(70028).Snaplen(96)), "tcp ::1:1 > ::2:2 70068 B");
  EXPECT_EQ(Decoded(jumbo(70028).Padding(4)), "tcp ::1:1 > ::2:2 70068 B");
  EXPECT_EQ(Decoded(jumbo(70029)),
            "tcp ::1:1 > ::2:2 70068 B !ip_length_beyond_frame");
  EXPECT_EQ(Decoded(jumbo(0xffffffff)),
            "tcp ::1:1 > ::2:2 70068 B !ip_length_beyond_frame");
}

TEST(DecodeLengthTest, UsesTheWireLengthOfAJumbogramWithATruncatedOption) {
  EXPECT_EQ(Decoded(Eth()
                        .Ipv6("::1", "::2")
                        .Jumbo(70028)
                        .Tcp(1, 2)
                        .Payload(70000)
                        .Snaplen(61)),
            "hopopt ::1 > ::2 70068 B !ip_length_zero !truncated_extension");
}

TEST(DecodeLengthTest, ReadsNoPortsOutOfPadding) {
  EXPECT_EQ(Decoded(Udp4().IpLength(20).Padding(30)),
            "udp 10.0.0.1 > 10.0.0.2 20 B !truncated_transport");
  EXPECT_EQ(Decoded(Udp4().IpLength(23).Padding(30)),
            "udp 10.0.0.1 > 10.0.0.2 23 B !truncated_transport");
  EXPECT_EQ(Decoded(Udp4().IpLength(24).Padding(30)),
            "udp 10.0.0.1:1 > 10.0.0.2:2 24 B");
  EXPECT_EQ(Decoded(Udp6().IpLength(3).Padding(30)),
            "udp ::1 > ::2 43 B !truncated_transport");
}

TEST(DecodeVersionTest, RefusesAVersionThatDiffersFromTheLinkLayer) {
  const std::string error = "error bad_ip_version";
  for (const uint8_t first : test::Bytes{0x00, 0x55, 0x65, 0xff}) {
    PacketBuilder v4 = Eth();
    v4.Type(0x0800).Data({first, 0, 0, 20});
    EXPECT_EQ(Decoded(v4.Padding(40)), error);
  }
  EXPECT_EQ(Decoded(Eth().Ipv4(kHostA, kHostB).Udp(1, 2)),
            "udp 10.0.0.1:1 > 10.0.0.2:2 28 B");
  EXPECT_EQ(Decoded(Eth().Type(0x86dd).Data({0x45}).Padding(60)), error);
  EXPECT_EQ(Decoded(Sll().Type(0x86dd).Data({0x45}).Padding(60)), error);
  EXPECT_EQ(Decoded(PppoeLink().Type(0x0057).Data({0x45}).Padding(60)), error);
  EXPECT_EQ(Decoded(test::Null(2).Data({0x60}).Padding(60)), error);
  EXPECT_EQ(Decoded(test::Null(24).Data({0x45}).Padding(60)), error);
  EXPECT_EQ(Decoded(RawIp().Data({0x50}).Padding(60)), error);
}

TEST(DecodeVersionTest, RefusesAnIpv4HeaderBelowFiveWords) {
  for (const uint8_t first : test::Bytes{0x40, 0x44}) {
    EXPECT_EQ(Decoded(RawIp().Data({first}).Padding(60)),
              "error bad_ip_header_length");
  }
}

TEST(DecodeExtensionTest, StopsAtAnEndlessChain) {
  PacketBuilder frame = Eth();
  frame.Ipv6("::1", "::2");
  for (int i = 0; i < 1000; ++i) frame.DestinationOptions();
  EXPECT_EQ(Decoded(frame.Tcp(1, 2)),
            "ipv6-opts ::1 > ::2 8060 B !truncated_extension");
}

TEST(DecodeExtensionTest, ReportsTheLastKnownHeader) {
  const auto cut = [](size_t captured_bytes) {
    return Decoded(
        Eth().Ipv6("::1", "::2").Routing(24).Udp(1, 2).Snaplen(captured_bytes));
  };
  EXPECT_EQ(cut(54), "ipv6-route ::1 > ::2 72 B !truncated_extension");
  EXPECT_EQ(cut(61), "ipv6-route ::1 > ::2 72 B !truncated_extension");
  EXPECT_EQ(cut(62), "udp ::1 > ::2 72 B !truncated_extension");
  EXPECT_EQ(cut(78), "udp ::1 > ::2 72 B !truncated_transport");
  EXPECT_EQ(cut(82), "udp ::1:1 > ::2:2 72 B");
}

TEST(DecodeTagTest, StopsAtEndlessTags) {
  PacketBuilder frame = Eth();
  for (uint16_t i = 1; i <= 100; ++i) frame.Vlan(i);
  EXPECT_EQ(Decoded(frame.Type(0x0800).Payload(8)),
            "vlan 02:00:00:00:00:0a > 02:00:00:00:00:0b 344 B non-ip vlan 1");
}

TEST(DecodeTagTest, StopsAtEndlessLabels) {
  PacketBuilder frame = Eth();
  for (uint32_t i = 16; i < 216; ++i) frame.Mpls(i);
  EXPECT_EQ(Decoded(frame.Ipv4(kHostA, kHostB).Udp(1, 2)),
            "mpls 02:00:00:00:00:0a > 02:00:00:00:00:0b 828 B non-ip");
}

// Each header holds another one.
TEST(DecodeNestedTest, StopsAtEndlessHeaders) {
  PacketBuilder frame(DLT_PPI);
  for (int i = 0; i < 100; ++i) {
    frame.Data({0, 0, 8, 0, DLT_PPI, 0, 0, 0});
  }
  EXPECT_EQ(Decoded(frame), "unknown - > - 664 B non-ip");
}

TEST(DecodeNestedTest, RefusesWhatItCannotReadInside) {
  EXPECT_EQ(Decoded(PacketBuilder(DLT_PPI)
                        .Data({0, 0, 8, 0, DLT_USB_LINUX, 0, 0, 0})
                        .Payload(60)),
            "error unsupported_link_type");
}

// A header of 66,000 bytes: the offsets of the addresses have 16 bits.
TEST(DecodeNestedTest, LeavesOutAddressesThatAreTooFarBack) {
  test::Bytes header(66000);
  header[0] = 0xd0;
  header[1] = 0x01;
  header[2] = 0x01;
  header[4] = header[8] = 1;
  const test::CapturedFrame frame =
      PacketBuilder(DLT_PKTAP)
          .Data(header)
          .EthernetHeader(test::kMacA, test::kMacB)
          .Ipv4(kHostA, kHostB)
          .Udp(1, 2)
          .Build();
  Packet packet;
  ASSERT_EQ(Decode(frame.View(), &packet), DecodeStatus::kOk);
  EXPECT_FALSE(packet.has_macs);
  EXPECT_EQ(packet.network_offset, 66014U);
}

TEST(DecodeArpTest, UsesTheProtocolAddresses) {
  EXPECT_EQ(Decoded(Eth().Arp(kHostA, kHostB).Padding(18)),
            "arp 10.0.0.1 > 10.0.0.2 46 B non-ip");
  EXPECT_EQ(Decoded(Eth().Vlan(7).Arp(kHostA, kHostB)),
            "arp 10.0.0.1 > 10.0.0.2 28 B non-ip vlan 7");
  EXPECT_EQ(Decoded(Sll().Arp(kHostA, kHostB)),
            "arp 10.0.0.1 > 10.0.0.2 28 B non-ip");
  test::Bytes wlan{0x08, 0x02};
  wlan.resize(24);
  EXPECT_EQ(
      Decoded(
          PacketBuilder(DLT_IEEE802_11).Data(wlan).Snap().Arp(kHostA, kHostB)),
      "arp 10.0.0.1 > 10.0.0.2 28 B non-ip");
  EXPECT_EQ(Decoded(PacketBuilder(DLT_NFLOG)
                        .Data({3, 0, 0, 5, 8, 0, 1, 0, 0x08, 0x06, 3, 0})
                        .Data({32, 0, 9, 0})
                        .Arp(kHostA, kHostB)),
            "arp 10.0.0.1 > 10.0.0.2 28 B non-ip");
}

TEST(DecodeArpTest, FallsBackToTheMacs) {
  const std::string macs = "arp 02:00:00:00:00:0a > 02:00:00:00:00:0b ";
  EXPECT_EQ(Decoded(Eth().Arp(kHostA, kHostB).Snaplen(41)),
            macs + "28 B non-ip");
  const std::vector<test::Bytes> malformed{
      {0, 1, 0x86, 0xdd, 6, 16, 0, 1},  // IPv6
      {0, 1, 8, 0, 6, 3, 0, 1},         // addresses of three octets
      {0, 1, 8, 0, 255, 4, 0, 1},       // hardware addresses too long
      {0, 19, 8, 0, 6, 4, 0, 1},        // ATM
      {0, 24, 8, 0, 16, 4, 0, 1},       // FireWire
  };
  for (const test::Bytes& header : malformed) {
    PacketBuilder frame = Eth();
    frame.Type(0x0806).Data(header).Payload(40);
    EXPECT_EQ(Decoded(frame), macs + "48 B non-ip");
  }
}

TEST(DecodeArpTest, AcceptsHardwareAddressesOfAnyLength) {
  PacketBuilder frame = Sll(32);  // InfiniBand, 20 octets
  test::Bytes arp{0, 32, 8, 0, 20, 4, 0, 1};
  arp.resize(8 + 20);
  arp.insert(arp.end(), {10, 0, 0, 1});
  arp.resize(arp.size() + 20);
  arp.insert(arp.end(), {10, 0, 0, 2});
  EXPECT_EQ(Decoded(frame.Type(0x0806).Data(arp)),
            "arp 10.0.0.1 > 10.0.0.2 56 B non-ip");
}

}  // namespace
}  // namespace ntm
