#include "header_shapes.h"

#include <pcap/dlt.h>

#include "header_shapes_parts.h"

namespace ntm::test {
namespace {

std::vector<HeaderShape> EthernetShapes() {
  return {
      Shape("Ethernet", Eth().Ipv4(kHostA, kHostB).Tcp(1234, 443).Payload(60),
            "tcp 10.0.0.1:1234 > 10.0.0.2:443 100 B", 14, 34, 0, 38),
      Shape("EthernetIpv6",
            Eth().Ipv6(kHostA6, kHostB6).Tcp(1234, 443).Payload(60),
            "tcp 2001:db8::1:1234 > 2001:db8::2:443 120 B", 14, 54, 0, 58),
      Shape("Vlan",
            Eth().Vlan(7).Ipv4(kHostA, kHostB).Tcp(1234, 443).Payload(60),
            "tcp 10.0.0.1:1234 > 10.0.0.2:443 100 B vlan 7", 18, 38, 0, 42),
      Shape("PriorityTag",
            Eth().Vlan(0).Ipv4(kHostA, kHostB).Tcp(1234, 443).Payload(60),
            "tcp 10.0.0.1:1234 > 10.0.0.2:443 100 B vlan 0", 18, 38, 0, 42),
      Shape("QinQ",
            Eth()
                .Vlan(100, 0x88a8)
                .Vlan(7)
                .Ipv4(kHostA, kHostB)
                .Tcp(1234, 443)
                .Payload(60),
            "tcp 10.0.0.1:1234 > 10.0.0.2:443 100 B vlan 100", 22, 42, 0, 46),
      Shape("QinQ9100",
            Eth()
                .Vlan(100, 0x9100)
                .Vlan(7)
                .Ipv4(kHostA, kHostB)
                .Tcp(1234, 443)
                .Payload(60),
            "tcp 10.0.0.1:1234 > 10.0.0.2:443 100 B vlan 100", 22, 42, 0, 46),
      Shape("QinQ8100",
            Eth()
                .Vlan(4095, 0x8100)
                .Vlan(7)
                .Ipv4(kHostA, kHostB)
                .Tcp(1234, 443)
                .Payload(60),
            "tcp 10.0.0.1:1234 > 10.0.0.2:443 100 B vlan 4095", 22, 42, 0, 46),
      Shape("VlansThreeDeep",
            Eth()
                .Vlan(3, 0x9200)
                .Vlan(2, 0x9300)
                .Vlan(1)
                .Ipv4(kHostA, kHostB)
                .Tcp(1234, 443)
                .Payload(60),
            "tcp 10.0.0.1:1234 > 10.0.0.2:443 100 B vlan 3", 26, 46, 0, 50),
      Shape("VlanIpv6",
            Eth().Vlan(7).Ipv6(kHostA6, kHostB6).Tcp(1234, 443).Payload(60),
            "tcp 2001:db8::1:1234 > 2001:db8::2:443 120 B vlan 7", 18, 58, 0,
            62),
      Shape("Snap",
            Eth().Snap().Ipv4(kHostA, kHostB).Tcp(1234, 443).Payload(60),
            "tcp 10.0.0.1:1234 > 10.0.0.2:443 100 B", 22, 42, 0, 46),
      Shape("SnapIpv6",
            Eth().Snap().Ipv6(kHostA6, kHostB6).Tcp(1234, 443).Payload(60),
            "tcp 2001:db8::1:1234 > 2001:db8::2:443 120 B", 22, 62, 0, 66),
      Shape(
          "SnapBridgeTunnel",
          Eth().Snap(0x0000f8).Ipv4(kHostA, kHostB).Tcp(1234, 443).Payload(60),
          "tcp 10.0.0.1:1234 > 10.0.0.2:443 100 B", 22, 42, 0, 46),
      Shape(
          "VlanSnap",
          Eth().Vlan(7).Snap().Ipv4(kHostA, kHostB).Tcp(1234, 443).Payload(60),
          "tcp 10.0.0.1:1234 > 10.0.0.2:443 100 B vlan 7", 26, 46, 0, 50),
      Shape(
          "LlcIp",
          Eth().Llc(0x06, 0x06).Ipv4(kHostA, kHostB).Tcp(1234, 443).Payload(60),
          "tcp 10.0.0.1:1234 > 10.0.0.2:443 100 B", 17, 37, 0, 41),
      Shape("Pppoe",
            Eth().Pppoe().Ipv4(kHostA, kHostB).Tcp(1234, 443).Payload(60),
            "tcp 10.0.0.1:1234 > 10.0.0.2:443 100 B", 22, 42, 0, 46),
      Shape("PppoeIpv6",
            Eth().Pppoe().Ipv6(kHostA6, kHostB6).Tcp(1234, 443).Payload(60),
            "tcp 2001:db8::1:1234 > 2001:db8::2:443 120 B", 22, 62, 0, 66),
      Shape(
          "VlanPppoe",
          Eth().Vlan(7).Pppoe().Ipv4(kHostA, kHostB).Tcp(1234, 443).Payload(60),
          "tcp 10.0.0.1:1234 > 10.0.0.2:443 100 B vlan 7", 26, 46, 0, 50),
      Shape("PppoeMpls",
            Eth()
                .Pppoe()
                .Mpls(16)
                .Ipv4(kHostA, kHostB)
                .Tcp(1234, 443)
                .Payload(60),
            "tcp 10.0.0.1:1234 > 10.0.0.2:443 100 B", 27, 46, 0, 50),
      Shape("Mpls",
            Eth().Mpls(16).Ipv4(kHostA, kHostB).Tcp(1234, 443).Payload(60),
            "tcp 10.0.0.1:1234 > 10.0.0.2:443 100 B", 19, 38, 0, 42),
      Shape("MplsIpv6",
            Eth().Mpls(2).Ipv6(kHostA6, kHostB6).Tcp(1234, 443).Payload(60),
            "tcp 2001:db8::1:1234 > 2001:db8::2:443 120 B", 19, 58, 0, 62),
      Shape("MplsStack",
            Eth()
                .Mpls(16)
                .Mpls(17)
                .Mpls(18)
                .Ipv4(kHostA, kHostB)
                .Tcp(1234, 443)
                .Payload(60),
            "tcp 10.0.0.1:1234 > 10.0.0.2:443 100 B", 27, 46, 0, 50),
      Shape(
          "MplsMulticast",
          Eth().Mpls(16, true).Ipv4(kHostA, kHostB).Tcp(1234, 443).Payload(60),
          "tcp 10.0.0.1:1234 > 10.0.0.2:443 100 B", 19, 38, 0, 42),
      Shape("VlanMpls",
            Eth()
                .Vlan(7)
                .Mpls(16)
                .Ipv4(kHostA, kHostB)
                .Tcp(1234, 443)
                .Payload(60),
            "tcp 10.0.0.1:1234 > 10.0.0.2:443 100 B vlan 7", 23, 42, 0, 46),
      Shape("Macsec",
            Eth()
                .Macsec(false)
                .Ipv4(kHostA, kHostB)
                .Tcp(1234, 443)
                .Payload(60)
                .Padding(16),
            "tcp 10.0.0.1:1234 > 10.0.0.2:443 100 B", 22, 42, 0, 46),
      Shape("MacsecSci",
            Eth()
                .Macsec(true)
                .Ipv6(kHostA6, kHostB6)
                .Tcp(1234, 443)
                .Payload(60)
                .Padding(16),
            "tcp 2001:db8::1:1234 > 2001:db8::2:443 120 B", 30, 70, 0, 74),
      Shape("MacsecVlan",
            Eth()
                .Macsec(true)
                .Vlan(7)
                .Ipv4(kHostA, kHostB)
                .Tcp(1234, 443)
                .Payload(60)
                .Padding(16),
            "tcp 10.0.0.1:1234 > 10.0.0.2:443 100 B vlan 7", 34, 54, 0, 58),
      Shape("Nsh", Eth().Nsh().Ipv4(kHostA, kHostB).Tcp(1234, 443).Payload(60),
            "tcp 10.0.0.1:1234 > 10.0.0.2:443 100 B", 38, 58, 0, 62),
      Shape("NshIpv6",
            Eth().Nsh(2).Ipv6(kHostA6, kHostB6).Tcp(1234, 443).Payload(60),
            "tcp 2001:db8::1:1234 > 2001:db8::2:443 120 B", 22, 62, 0, 66),
      Shape("NshEthernet",
            Eth()
                .Nsh()
                .EthernetHeader(kMacB, kMacA)
                .Ipv4(kHostA, kHostB)
                .Tcp(1234, 443)
                .Payload(60),
            "tcp 10.0.0.1:1234 > 10.0.0.2:443 100 B", 52, 72, 0, 76),
      Shape(
          "NshMpls",
          Eth().Nsh().Mpls(16).Ipv4(kHostA, kHostB).Tcp(1234, 443).Payload(60),
          "tcp 10.0.0.1:1234 > 10.0.0.2:443 100 B", 43, 62, 0, 66),
      Shape("NshNsh",
            Eth().Nsh(2).Nsh(2).Ipv4(kHostA, kHostB).Tcp(1234, 443).Payload(60),
            "tcp 10.0.0.1:1234 > 10.0.0.2:443 100 B", 30, 50, 0, 54),
      Shape("PppOverEthernet",
            Eth().PppProtocol().Ipv4(kHostA, kHostB).Tcp(1234, 443).Payload(60),
            "tcp 10.0.0.1:1234 > 10.0.0.2:443 100 B", 16, 36, 0, 40),
  };
}

std::vector<HeaderShape> OtherLinkShapes() {
  return {
      Shape("Sll", Sll().Ipv4(kHostA, kHostB).Tcp(1234, 443).Payload(60),
            "tcp 10.0.0.1:1234 > 10.0.0.2:443 100 B", 16, 36, 0, 40),
      Shape("SllIpv6", Sll().Ipv6(kHostA6, kHostB6).Tcp(1234, 443).Payload(60),
            "tcp 2001:db8::1:1234 > 2001:db8::2:443 120 B", 16, 56, 0, 60),
      Shape("SllVlan",
            Sll().Vlan(7).Ipv4(kHostA, kHostB).Tcp(1234, 443).Payload(60),
            "tcp 10.0.0.1:1234 > 10.0.0.2:443 100 B vlan 7", 20, 40, 0, 44),
      Shape("SllGre", Sll(778).Ipv4(kHostA, kHostB).Tcp(1234, 443).Payload(60),
            "tcp 10.0.0.1:1234 > 10.0.0.2:443 100 B", 16, 36, 0, 40),
      Shape("SllPppoe",
            Sll().Pppoe().Ipv4(kHostA, kHostB).Tcp(1234, 443).Payload(60),
            "tcp 10.0.0.1:1234 > 10.0.0.2:443 100 B", 24, 44, 0, 48),
      Shape("Sll2", Sll2().Ipv4(kHostA, kHostB).Tcp(1234, 443).Payload(60),
            "tcp 10.0.0.1:1234 > 10.0.0.2:443 100 B", 20, 40, 0, 44),
      Shape("Sll2Ipv6",
            Sll2().Ipv6(kHostA6, kHostB6).Tcp(1234, 443).Payload(60),
            "tcp 2001:db8::1:1234 > 2001:db8::2:443 120 B", 20, 60, 0, 64),
      Shape("Sll2Vlan",
            Sll2().Vlan(7).Ipv4(kHostA, kHostB).Tcp(1234, 443).Payload(60),
            "tcp 10.0.0.1:1234 > 10.0.0.2:443 100 B vlan 7", 24, 44, 0, 48),
      Shape("Raw", RawIp().Ipv4(kHostA, kHostB).Tcp(1234, 443).Payload(60),
            "tcp 10.0.0.1:1234 > 10.0.0.2:443 100 B", 0, 20, 0, 24),
      Shape("RawIpv6",
            RawIp().Ipv6(kHostA6, kHostB6).Tcp(1234, 443).Payload(60),
            "tcp 2001:db8::1:1234 > 2001:db8::2:443 120 B", 0, 40, 0, 44),
      Shape("Ipv4Link",
            PacketBuilder(DLT_IPV4)
                .Ipv4(kHostA, kHostB)
                .Tcp(1234, 443)
                .Payload(60),
            "tcp 10.0.0.1:1234 > 10.0.0.2:443 100 B", 0, 20, 0, 24),
      Shape("Ipv6Link",
            PacketBuilder(DLT_IPV6)
                .Ipv6(kHostA6, kHostB6)
                .Tcp(1234, 443)
                .Payload(60),
            "tcp 2001:db8::1:1234 > 2001:db8::2:443 120 B", 0, 40, 0, 44),
      Shape("Null", Null(2).Ipv4(kHostA, kHostB).Tcp(1234, 443).Payload(60),
            "tcp 10.0.0.1:1234 > 10.0.0.2:443 100 B", 4, 24, 0, 28),
      Shape("Loop",
            Null(2, true).Ipv4(kHostA, kHostB).Tcp(1234, 443).Payload(60),
            "tcp 10.0.0.1:1234 > 10.0.0.2:443 100 B", 4, 24, 0, 28),
      Shape("NullLinuxIpv6",
            Null(10).Ipv6(kHostA6, kHostB6).Tcp(1234, 443).Payload(60),
            "tcp 2001:db8::1:1234 > 2001:db8::2:443 120 B", 4, 44, 0, 48),
      Shape("NullWindowsIpv6",
            Null(23).Ipv6(kHostA6, kHostB6).Tcp(1234, 443).Payload(60),
            "tcp 2001:db8::1:1234 > 2001:db8::2:443 120 B", 5, 44, 0, 48),
      Shape("NullOpenbsdIpv6",
            Null(24).Ipv6(kHostA6, kHostB6).Tcp(1234, 443).Payload(60),
            "tcp 2001:db8::1:1234 > 2001:db8::2:443 120 B", 4, 44, 0, 48),
      Shape("NullFreebsdIpv6",
            Null(28).Ipv6(kHostA6, kHostB6).Tcp(1234, 443).Payload(60),
            "tcp 2001:db8::1:1234 > 2001:db8::2:443 120 B", 4, 44, 0, 48),
      Shape("NullMacosIpv6",
            Null(30).Ipv6(kHostA6, kHostB6).Tcp(1234, 443).Payload(60),
            "tcp 2001:db8::1:1234 > 2001:db8::2:443 120 B", 4, 44, 0, 48),
      Shape("LoopIpv6",
            Null(24, true).Ipv6(kHostA6, kHostB6).Tcp(1234, 443).Payload(60),
            "tcp 2001:db8::1:1234 > 2001:db8::2:443 120 B", 4, 44, 0, 48),
      Shape("Ppp", PppLink().Ipv4(kHostA, kHostB).Tcp(1234, 443).Payload(60),
            "tcp 10.0.0.1:1234 > 10.0.0.2:443 100 B", 4, 24, 0, 28),
      Shape("PppIpv6",
            PppLink().Ipv6(kHostA6, kHostB6).Tcp(1234, 443).Payload(60),
            "tcp 2001:db8::1:1234 > 2001:db8::2:443 120 B", 4, 44, 0, 48),
      Shape("PppBare",
            PacketBuilder(DLT_PPP)
                .PppProtocol()
                .Ipv4(kHostA, kHostB)
                .Tcp(1234, 443)
                .Payload(60),
            "tcp 10.0.0.1:1234 > 10.0.0.2:443 100 B", 2, 22, 0, 26),
      Shape("PppCompressed",
            PacketBuilder(DLT_PPP)
                .PppProtocol(true)
                .Ipv4(kHostA, kHostB)
                .Tcp(1234, 443)
                .Payload(60),
            "tcp 10.0.0.1:1234 > 10.0.0.2:443 100 B", 1, 21, 0, 25),
      Shape("PppSerial",
            PacketBuilder(DLT_PPP_SERIAL)
                .Ppp()
                .Ipv6(kHostA6, kHostB6)
                .Tcp(1234, 443)
                .Payload(60),
            "tcp 2001:db8::1:1234 > 2001:db8::2:443 120 B", 4, 44, 0, 48),
      Shape("PppMpls",
            PppLink()
                .Mpls(16)
                .Mpls(17)
                .Ipv4(kHostA, kHostB)
                .Tcp(1234, 443)
                .Payload(60),
            "tcp 10.0.0.1:1234 > 10.0.0.2:443 100 B", 13, 32, 0, 36),
      Shape("PppMplsMulticast",
            PppLink()
                .Mpls(16, true)
                .Ipv4(kHostA, kHostB)
                .Tcp(1234, 443)
                .Payload(60),
            "tcp 10.0.0.1:1234 > 10.0.0.2:443 100 B", 9, 28, 0, 32),
      Shape("PppCiscoHdlc",
            PppHdlc().Ipv4(kHostA, kHostB).Tcp(1234, 443).Payload(60),
            "tcp 10.0.0.1:1234 > 10.0.0.2:443 100 B", 4, 24, 0, 28),
      Shape("PppSerialCiscoHdlc",
            PacketBuilder(DLT_PPP_SERIAL)
                .Hdlc()
                .Ipv6(kHostA6, kHostB6)
                .Tcp(1234, 443)
                .Payload(60),
            "tcp 2001:db8::1:1234 > 2001:db8::2:443 120 B", 4, 44, 0, 48),
      Shape("CiscoHdlc",
            HdlcLink().Ipv4(kHostA, kHostB).Tcp(1234, 443).Payload(60),
            "tcp 10.0.0.1:1234 > 10.0.0.2:443 100 B", 4, 24, 0, 28),
      Shape("CiscoHdlcIpv6",
            HdlcLink().Ipv6(kHostA6, kHostB6).Tcp(1234, 443).Payload(60),
            "tcp 2001:db8::1:1234 > 2001:db8::2:443 120 B", 4, 44, 0, 48),
      Shape("CiscoHdlcPpp",
            PacketBuilder(DLT_C_HDLC)
                .Ppp()
                .Ipv4(kHostA, kHostB)
                .Tcp(1234, 443)
                .Payload(60),
            "tcp 10.0.0.1:1234 > 10.0.0.2:443 100 B", 4, 24, 0, 28),
      Shape("CiscoHdlcMpls",
            HdlcLink().Mpls(16).Ipv4(kHostA, kHostB).Tcp(1234, 443).Payload(60),
            "tcp 10.0.0.1:1234 > 10.0.0.2:443 100 B", 9, 28, 0, 32),
      Shape("CiscoHdlcVlan",
            HdlcLink().Vlan(7).Ipv4(kHostA, kHostB).Tcp(1234, 443).Payload(60),
            "tcp 10.0.0.1:1234 > 10.0.0.2:443 100 B vlan 7", 8, 28, 0, 32),
      Shape("PppEther",
            PppoeLink().Ipv4(kHostA, kHostB).Tcp(1234, 443).Payload(60),
            "tcp 10.0.0.1:1234 > 10.0.0.2:443 100 B", 8, 28, 0, 32),
      Shape("PppEtherIpv6",
            PppoeLink().Ipv6(kHostA6, kHostB6).Tcp(1234, 443).Payload(60),
            "tcp 2001:db8::1:1234 > 2001:db8::2:443 120 B", 8, 48, 0, 52),
  };
}

}  // namespace

std::vector<HeaderShape> HeaderShapes() {
  std::vector<HeaderShape> shapes;
  for (const auto& part : {EthernetShapes(), OtherLinkShapes(),
                           EncapsulationShapes(), IpShapes(), NonIpShapes()}) {
    shapes.insert(shapes.end(), part.begin(), part.end());
  }
  return shapes;
}

}  // namespace ntm::test
