#include "header_shapes_parts.h"

namespace ntm::test {

std::vector<HeaderShape> IpShapes() {
  return {
      Shape("Ipv4Options", Eth().Ipv4(kHostA, kHostB, 4).Tcp(1, 2).Payload(8),
            "tcp 10.0.0.1:1 > 10.0.0.2:2 52 B", 14, 34, 0, 42),
      Shape("Ipv4AllOptions",
            Eth().Ipv4(kHostA, kHostB, 40).Udp(1, 2).Payload(8),
            "udp 10.0.0.1:1 > 10.0.0.2:2 76 B", 14, 34, 0, 78),
      Shape("Ipv4Padded", Eth().Ipv4(kHostA, kHostB).Tcp(1, 2).Padding(6),
            "tcp 10.0.0.1:1 > 10.0.0.2:2 40 B", 14, 34, 0, 38),
      Shape("Ipv4Dscp", Eth().Ipv4(kHostA, kHostB).Dscp(46).Udp(1, 2),
            "udp 10.0.0.1:1 > 10.0.0.2:2 28 B dscp 46", 14, 34, 0, 38),
      Shape("Ipv4Udp", Eth().Ipv4(kHostA, kHostB).Udp(1, 2),
            "udp 10.0.0.1:1 > 10.0.0.2:2 28 B", 14, 34, 0, 38),
      Shape("Ipv6Udp", Eth().Ipv6(kHostA6, kHostB6).Udp(1, 2),
            "udp 2001:db8::1:1 > 2001:db8::2:2 48 B", 14, 54, 0, 58),
      Shape("Ipv4UdpLite", Eth().Ipv4(kHostA, kHostB).UdpLite(1, 2),
            "udplite 10.0.0.1:1 > 10.0.0.2:2 28 B", 14, 34, 0, 38),
      Shape("Ipv6UdpLite", Eth().Ipv6(kHostA6, kHostB6).UdpLite(1, 2),
            "udplite 2001:db8::1:1 > 2001:db8::2:2 48 B", 14, 54, 0, 58),
      Shape("Ipv4Sctp", Eth().Ipv4(kHostA, kHostB).Sctp(1, 2),
            "sctp 10.0.0.1:1 > 10.0.0.2:2 32 B", 14, 34, 0, 38),
      Shape("Ipv6Sctp", Eth().Ipv6(kHostA6, kHostB6).Sctp(1, 2),
            "sctp 2001:db8::1:1 > 2001:db8::2:2 52 B", 14, 54, 0, 58),
      Shape("Ipv4Dccp", Eth().Ipv4(kHostA, kHostB).Dccp(1, 2),
            "dccp 10.0.0.1:1 > 10.0.0.2:2 32 B", 14, 34, 0, 38),
      Shape("Ipv6Dccp", Eth().Ipv6(kHostA6, kHostB6).Dccp(1, 2),
            "dccp 2001:db8::1:1 > 2001:db8::2:2 52 B", 14, 54, 0, 58),
      Shape("Ipv4Icmp", Eth().Ipv4(kHostA, kHostB).Icmp(),
            "icmp 10.0.0.1 > 10.0.0.2 28 B", 14, 34, 0, 0),
      Shape("Ipv4Igmp", Eth().Ipv4(kHostA, kHostB).IpProtocol(2).Payload(8),
            "igmp 10.0.0.1 > 10.0.0.2 28 B", 14, 34, 0, 0),
      Shape("Ipv4Ipip",
            Eth().Ipv4(kHostA, kHostB).Ipv4("1.1.1.1", "2.2.2.2").Udp(1, 2),
            "ipip 10.0.0.1 > 10.0.0.2 48 B", 14, 34, 0, 0),
      Shape("Ipv4Esp", Eth().Ipv4(kHostA, kHostB).Esp(),
            "esp 10.0.0.1 > 10.0.0.2 28 B", 14, 34, 0, 0),
      Shape("Ipv4Ah", Eth().Ipv4(kHostA, kHostB).IpProtocol(51).Payload(24),
            "ah 10.0.0.1 > 10.0.0.2 44 B", 14, 34, 0, 0),
      Shape(
          "Ipv4Gre",
          Eth().Ipv4(kHostA, kHostB).Gre().Ipv4("1.1.1.1", "2.2.2.2").Udp(1, 2),
          "gre 10.0.0.1 > 10.0.0.2 52 B", 14, 34, 0, 0),
      Shape("Ipv4Ospf", Eth().Ipv4(kHostA, kHostB).IpProtocol(89).Payload(24),
            "ospf 10.0.0.1 > 10.0.0.2 44 B", 14, 34, 0, 0),
      Shape("Ipv4Pim", Eth().Ipv4(kHostA, kHostB).IpProtocol(103).Payload(8),
            "pim 10.0.0.1 > 10.0.0.2 28 B", 14, 34, 0, 0),
      Shape("Ipv6In4", Eth().Ipv4(kHostA, kHostB).Ipv6("::1", "::2").Udp(1, 2),
            "ipv6 10.0.0.1 > 10.0.0.2 68 B", 14, 34, 0, 0),
      Shape("Ipv4Unassigned",
            Eth().Ipv4(kHostA, kHostB).IpProtocol(254).Payload(2),
            "254 10.0.0.1 > 10.0.0.2 22 B", 14, 34, 0, 0),
      Shape("Ipv6Icmp6", Eth().Ipv6(kHostA6, kHostB6).Icmp6(),
            "icmp6 2001:db8::1 > 2001:db8::2 48 B", 14, 54, 0, 0),
      Shape("Ipv6Esp", Eth().Ipv6(kHostA6, kHostB6).Esp(),
            "esp 2001:db8::1 > 2001:db8::2 48 B", 14, 54, 0, 0),
      Shape("Ipv6Ah", Eth().Ipv6(kHostA6, kHostB6).IpProtocol(51).Payload(24),
            "ah 2001:db8::1 > 2001:db8::2 64 B", 14, 54, 0, 0),
      Shape("Ipv6Gre",
            Eth()
                .Ipv6(kHostA6, kHostB6)
                .Gre()
                .Ipv4("1.1.1.1", "2.2.2.2")
                .Udp(1, 2),
            "gre 2001:db8::1 > 2001:db8::2 72 B", 14, 54, 0, 0),
      Shape("Ipv6Ipv4",
            Eth().Ipv6(kHostA6, kHostB6).Ipv4("1.1.1.1", "2.2.2.2").Udp(1, 2),
            "ipip 2001:db8::1 > 2001:db8::2 68 B", 14, 54, 0, 0),
      Shape("Ipv6NoNextHeader",
            Eth().Ipv6(kHostA6, kHostB6).NoNextHeader().Padding(6),
            "ipv6-nonxt 2001:db8::1 > 2001:db8::2 40 B", 14, 54, 0, 0),
      Shape("Ipv6Dscp", Eth().Ipv6(kHostA6, kHostB6).Dscp(46).Udp(1, 2),
            "udp 2001:db8::1:1 > 2001:db8::2:2 48 B dscp 46", 14, 54, 0, 58),
      Shape("Ipv6Padded", Eth().Ipv6(kHostA6, kHostB6).Udp(1, 2).Padding(6),
            "udp 2001:db8::1:1 > 2001:db8::2:2 48 B", 14, 54, 0, 58),
      Shape("Ipv6HopByHop", Eth().Ipv6(kHostA6, kHostB6).HopByHop().Tcp(1, 2),
            "tcp 2001:db8::1:1 > 2001:db8::2:2 68 B", 14, 54, 62, 66),
      Shape("Ipv6LongHopByHop",
            Eth().Ipv6(kHostA6, kHostB6).HopByHop(264).Tcp(1, 2),
            "tcp 2001:db8::1:1 > 2001:db8::2:2 324 B", 14, 54, 318, 322),
      Shape("Ipv6Routing", Eth().Ipv6(kHostA6, kHostB6).Routing().Tcp(1, 2),
            "tcp 2001:db8::1:1 > 2001:db8::2:2 84 B", 14, 54, 78, 82),
      Shape("Ipv6DestinationOptions",
            Eth().Ipv6(kHostA6, kHostB6).DestinationOptions(16).Tcp(1, 2),
            "tcp 2001:db8::1:1 > 2001:db8::2:2 76 B", 14, 54, 70, 74),
      Shape("Ipv6MobilityBeforeTcp",
            Eth().Ipv6(kHostA6, kHostB6).Mobility().Tcp(1, 2),
            "tcp 2001:db8::1:1 > 2001:db8::2:2 68 B", 14, 54, 62, 66),
      Shape("Ipv6Chain",
            Eth()
                .Ipv6(kHostA6, kHostB6)
                .HopByHop()
                .DestinationOptions()
                .Routing()
                .Fragment(0, false, 9)
                .DestinationOptions()
                .Tcp(1, 2),
            "tcp 2001:db8::1:1 > 2001:db8::2:2 116 B", 14, 54, 110, 114),
      Shape("Ipv6Mobility", Eth().Ipv6(kHostA6, kHostB6).Mobility(16),
            "mobility 2001:db8::1 > 2001:db8::2 56 B", 14, 54, 70, 0),
      Shape("Ipv6HopByHopIcmp6",
            Eth().Ipv6(kHostA6, kHostB6).HopByHop().Icmp6(143),
            "icmp6 2001:db8::1 > 2001:db8::2 56 B", 14, 54, 62, 0),
      Shape("Ipv4FirstFragment",
            Eth()
                .Ipv4(kHostA, kHostB)
                .Fragment(0, true, 77)
                .Udp(1, 2)
                .Payload(40),
            "udp 10.0.0.1:1 > 10.0.0.2:2 68 B first 77", 14, 34, 0, 38),
      Shape("Ipv4LaterFragment",
            Eth()
                .Ipv4(kHostA, kHostB)
                .Fragment(48, true, 77)
                .IpProtocol(17)
                .Payload(48),
            "udp 10.0.0.1 > 10.0.0.2 68 B later 77", 14, 34, 0, 0),
      Shape("Ipv4LastFragment",
            Eth()
                .Ipv4(kHostA, kHostB)
                .Fragment(96, false, 77)
                .IpProtocol(17)
                .Payload(3),
            "udp 10.0.0.1 > 10.0.0.2 23 B later 77", 14, 34, 0, 0),
      Shape("Ipv6FirstFragment",
            Eth()
                .Ipv6(kHostA6, kHostB6)
                .Fragment(0, true, 77777)
                .Udp(1, 2)
                .Payload(40),
            "udp 2001:db8::1:1 > 2001:db8::2:2 96 B first 77777", 14, 54, 62,
            66),
      Shape("Ipv6LaterFragment",
            Eth()
                .Ipv6(kHostA6, kHostB6)
                .Fragment(48, true, 77777)
                .IpProtocol(17)
                .Payload(48),
            "udp 2001:db8::1 > 2001:db8::2 96 B later 77777", 14, 54, 62, 0),
      Shape("Ipv6LaterFragmentOfOptions",
            Eth()
                .Ipv6(kHostA6, kHostB6)
                .HopByHop()
                .Fragment(8, false, 7)
                .IpProtocol(60)
                .Payload(1),
            "ipv6-opts 2001:db8::1 > 2001:db8::2 57 B later 7", 14, 54, 70, 0),
      Shape("Ipv6AtomicFragment",
            Eth().Ipv6(kHostA6, kHostB6).Fragment(0, false, 7).Udp(1, 2),
            "udp 2001:db8::1:1 > 2001:db8::2:2 56 B", 14, 54, 62, 66),
  };
}

std::vector<HeaderShape> NonIpShapes() {
  return {
      Shape("Lldp", Eth().Type(0x88cc).Payload(50),
            "lldp 02:00:00:00:00:0a > 02:00:00:00:00:0b 50 B non-ip", 14, 0, 0,
            0),
      Shape("UnnamedEthertype", Eth().Type(0x88b5).Payload(46),
            "0x88b5 02:00:00:00:00:0a > 02:00:00:00:00:0b 46 B non-ip", 14, 0,
            0, 0),
      Shape("VlanLldp", Eth().Vlan(7).Type(0x88cc).Payload(50),
            "lldp 02:00:00:00:00:0a > 02:00:00:00:00:0b 50 B non-ip vlan 7", 18,
            0, 0, 0),
      Shape("Type1501", Eth().Type(1501).Payload(50),
            "unknown 02:00:00:00:00:0a > 02:00:00:00:00:0b 50 B non-ip", 14, 0,
            0, 0),
      Shape("Stp", Eth().Llc(0x42, 0x42).Payload(35),
            "stp 02:00:00:00:00:0a > 02:00:00:00:00:0b 38 B non-ip", 17, 0, 0,
            0),
      Shape("Isis", Eth().Llc(0xfe, 0xfe).Payload(35),
            "isis 02:00:00:00:00:0a > 02:00:00:00:00:0b 38 B non-ip", 17, 0, 0,
            0),
      Shape("UnnamedLlc", Eth().Llc(0x04, 0x04).Payload(35),
            "llc-0x04 02:00:00:00:00:0a > 02:00:00:00:00:0b 38 B non-ip", 17, 0,
            0, 0),
      Shape("IpxOverLlc", Eth().Llc(0xe0, 0xe0).Payload(30),
            "ipx 02:00:00:00:00:0a > 02:00:00:00:00:0b 33 B non-ip", 17, 0, 0,
            0),
      Shape("IpxWithoutLlc", Eth().Llc(0xff, 0xff, 0).Payload(30),
            "ipx 02:00:00:00:00:0a > 02:00:00:00:00:0b 33 B non-ip", 17, 0, 0,
            0),
      Shape("SnapOfAVendor", Eth().Snap(0x00000c).Type(0x2000).Payload(30),
            "snap 02:00:00:00:00:0a > 02:00:00:00:00:0b 38 B non-ip", 22, 0, 0,
            0),
      Shape("PppoeDiscovery", Eth().PppoeDiscovery().Payload(10),
            "pppoed 02:00:00:00:00:0a > 02:00:00:00:00:0b 16 B non-ip", 14, 0,
            0, 0),
      Shape("PppoeLcp", Eth().Pppoe().Type(0xc021).Payload(10),
            "ppp 02:00:00:00:00:0a > 02:00:00:00:00:0b 10 B non-ip", 22, 0, 0,
            0),
      Shape("MacsecEncrypted", Eth().Macsec(true, 0x0c).Payload(40),
            "macsec 02:00:00:00:00:0a > 02:00:00:00:00:0b 56 B non-ip", 20, 0,
            0, 0),
      Shape("NshOther", Eth().Nsh(2).Type(99).Payload(4),
            "nsh 02:00:00:00:00:0a > 02:00:00:00:00:0b 12 B non-ip", 22, 0, 0,
            0),
      Shape("MplsPseudowire", Eth().Mpls(16).Payload(20),
            "mpls 02:00:00:00:00:0a > 02:00:00:00:00:0b 24 B non-ip", 19, 0, 0,
            0),
      Shape("SllLldp", Sll().Type(0x88cc).Payload(9),
            "lldp 02:00:00:00:00:0a > - 9 B non-ip", 16, 0, 0, 0),
      Shape("SllNetlink", Sll(824).Payload(9),
            "unknown 02:00:00:00:00:0a > - 9 B non-ip", 16, 0, 0, 0),
      Shape("SllLlc", Sll().Llc(0x42, 0x42).Payload(9),
            "stp 02:00:00:00:00:0a > - 12 B non-ip", 19, 0, 0, 0),
      Shape("Sll2Lldp", Sll2().Type(0x88cc).Payload(9),
            "lldp 02:00:00:00:00:0a > - 9 B non-ip", 20, 0, 0, 0),
      Shape("NullOther", Null(7).Payload(9), "unknown - > - 9 B non-ip", 4, 0,
            0, 0),
      Shape("NullIpx", Null(23).Data({0xff, 0xff, 0}), "ipx - > - 3 B non-ip",
            5, 0, 0, 0),
      Shape("PppLcp", PppLink().Type(0xc021).Payload(9), "ppp - > - 9 B non-ip",
            4, 0, 0, 0),
      Shape("Slarp", HdlcLink().Type(0x8035).Payload(18),
            "slarp - > - 18 B non-ip", 4, 0, 0, 0),
      Shape("CiscoCdp", HdlcLink().Type(0x2000).Payload(18),
            "cdp - > - 18 B non-ip", 4, 0, 0, 0),
      Shape("PppEtherLcp", PppoeLink().Type(0xc021).Payload(9),
            "ppp - > - 9 B non-ip", 8, 0, 0, 0),
  };
}

}  // namespace ntm::test
