// The tags of Ethernet, and link types with a header before the frame.
#include <pcap/dlt.h>

#include "header_shapes_parts.h"
#include "wire_bytes.h"

namespace ntm::test {
namespace {

constexpr char kMacC[] = "02:00:00:00:00:0c";
constexpr char kMacD[] = "02:00:00:00:00:0d";

PacketBuilder Packet100(PacketBuilder link) {
  return link.Ipv4(kHostA, kHostB).Tcp(1234, 443).Payload(60);
}

constexpr char kText100[] = "tcp 10.0.0.1:1234 > 10.0.0.2:443 100 B";
constexpr char kText100Vlan7[] =
    "tcp 10.0.0.1:1234 > 10.0.0.2:443 100 B vlan 7";

// A shape whose packet is Packet100() behind `link_bytes`.
HeaderShape Holds100(const char* name, PacketBuilder link, size_t link_bytes,
                     const char* description = kText100) {
  return Shape(name, Packet100(std::move(link)), description, link_bytes,
               link_bytes + 20, 0, link_bytes + 24);
}

PacketBuilder Link(int link_type, Bytes header) {
  return PacketBuilder(link_type).Data(std::move(header));
}

PacketBuilder Tagged(uint16_t type, Bytes tag) {
  return Eth().Type(type).Data(std::move(tag));
}

PacketBuilder WithFrame(uint16_t type, Bytes header) {
  return Tagged(type, std::move(header)).EthernetHeader(kMacD, kMacC);
}

Bytes BatmanHeader(uint8_t type, size_t size) {
  Bytes bytes{type, 15, 50, 1};
  bytes.resize(size);
  return bytes;
}

std::vector<HeaderShape> TagShapes() {
  return {
      Holds100("VnTag", Tagged(0x8926, {0x80, 0x01, 0, 2, 0x08, 0}), 20),
      Holds100("VnTagVlan",
               Tagged(0x8926, {0x80, 0x01, 0, 2, 0x81, 0, 0, 7, 0x08, 0}), 24,
               kText100Vlan7),
      Holds100("FabricPath", WithFrame(0x8903, {0x04, 0x20}), 30),
      Holds100("FabricPathVlan", WithFrame(0x8903, {0x04, 0x20}).Vlan(7), 34,
               kText100Vlan7),
      Holds100("Trill", WithFrame(0x22f3, {0, 0x01, 0, 1, 0, 2}), 34),
      Holds100("TrillOptions",
               WithFrame(0x22f3, {0, 0x41, 0, 1, 0, 2, 0, 0, 0, 0}), 38),
      Holds100("TrillFineGrained",
               WithFrame(0x22f3, {0, 0x01, 0, 1, 0, 2})
                   .Type(0x893b)
                   .Data({0, 1, 0x89, 0x3b, 0, 2, 0x08, 0}),
               42),
      Holds100("Hsr", Tagged(0x892f, {0, 0x6c, 0, 1, 0x08, 0}), 20),
      Holds100("RedundancyTag", Tagged(0xf1c1, {0, 0, 0, 1, 0x08, 0}), 20),
      Holds100("CiscoMetadata", Tagged(0x8909, {1, 1, 0, 1, 0, 5, 0x08, 0}),
               22),
      Holds100("Etag", Tagged(0x893f, {0, 0, 0, 1, 0, 0, 0x08, 0}), 22),
      Holds100("BackboneService", WithFrame(0x88e7, {0, 0, 0, 1}), 32),
      Holds100("Arista48",
               Tagged(0xd28b, {0, 1, 1, 0x20, 0, 0, 0, 0, 0, 0, 0x08, 0}), 26),
      Holds100("Arista64",
               Tagged(0xd28b, {0, 1, 0, 0x10, 0, 0, 0, 0, 0, 0, 0, 0, 0x08, 0}),
               28),
      Shape("AristaOther", Tagged(0xd28b, {0, 2, 0, 0, 0, 0}),
            "avsp 02:00:00:00:00:0a > 02:00:00:00:00:0b 6 B non-ip", 18, 0, 0,
            0),
      Holds100("BatmanUnicast", WithFrame(0x4305, BatmanHeader(0x40, 10)), 38),
      Holds100("BatmanFourAddresses", WithFrame(0x4305, BatmanHeader(0x42, 18)),
               46),
      Holds100("BatmanBroadcast", WithFrame(0x4305, BatmanHeader(0x01, 14)),
               42),
      Shape("BatmanOriginator", Tagged(0x4305, BatmanHeader(0x00, 24)),
            "batman 02:00:00:00:00:0a > 02:00:00:00:00:0b 24 B non-ip", 16, 0,
            0, 0),
      Holds100(
          "DsaTagged",
          Link(DLT_DSA_TAG_DSA, Bytes(12)).Data({0xe0, 0x08, 0x20, 7, 0x08, 0}),
          18, kText100Vlan7),
      Holds100(
          "DsaUntagged",
          Link(DLT_DSA_TAG_DSA, Bytes(12)).Data({0xc0, 0x08, 0, 7, 0x08, 0}),
          18),
      Holds100("Edsa",
               Link(DLT_DSA_TAG_EDSA, Bytes(12))
                   .Data({0xda, 0xda, 0, 0, 0xc0, 8, 0, 1, 0x08, 0}),
               22),
      Holds100("BroadcomTag",
               Link(DLT_DSA_TAG_BRCM, Bytes(12)).Data({0x20, 0, 0, 1, 0x08, 0}),
               18),
      Holds100("BroadcomTagBefore",
               Link(DLT_DSA_TAG_BRCM_PREPEND, {0x20, 0, 0, 1})
                   .EthernetHeader(kMacA, kMacB),
               18),
  };
}

Bytes Radiotap(uint8_t flags) {
  Bytes bytes{0, 0, 18, 0, 0x03, 0, 0, 0};  // time and flags
  bytes.resize(16);
  Append(&bytes, {flags, 0});
  return bytes;
}

// The addresses are B, A, C and, if it is long enough, D.
Bytes WlanHeader(uint8_t control, uint8_t flags, size_t size,
                 uint16_t qos_control = 0) {
  Bytes bytes{control, flags, 0, 0};
  for (const char* mac : {kMacB, kMacA, kMacC}) Append(&bytes, MacBytes(mac));
  bytes.resize(24);
  Append(&bytes, MacBytes(kMacD));
  bytes.resize(size);
  const size_t qos = (flags & 3) == 3 ? 30 : 24;
  if ((control & 0x80) != 0 && size >= qos + 2) {
    bytes[qos] = static_cast<uint8_t>(qos_control);
    bytes[qos + 1] = static_cast<uint8_t>(qos_control >> 8);
  }
  return bytes;
}

PacketBuilder Wlan(Bytes header) {
  return Link(DLT_IEEE802_11, std::move(header));
}

Bytes Subframe(size_t length) {
  Bytes bytes = MacBytes(kMacD);
  Append(&bytes, MacBytes(kMacC));
  Append16(&bytes, length);
  return bytes;
}

std::vector<HeaderShape> WlanShapes() {
  Bytes avs{0x80, 0x21, 0x10, 1, 0, 0, 0, 64};
  avs.resize(64);
  return {
      Holds100("Wlan", Wlan(WlanHeader(0x08, 0x01, 24)).Snap(), 32),
      Holds100("WlanQos", Wlan(WlanHeader(0x88, 0x02, 26)).Snap(), 34),
      Holds100("WlanHtControl", Wlan(WlanHeader(0x88, 0x82, 30)).Snap(), 38),
      Holds100("WlanFourAddresses", Wlan(WlanHeader(0x08, 0x03, 30)).Snap(),
               38),
      Holds100("WlanFourAddressesQos", Wlan(WlanHeader(0x88, 0x03, 32)).Snap(),
               40),
      Holds100("WlanMesh",
               Wlan(WlanHeader(0x88, 0x03, 32, 0x100))
                   .Data({0, 31, 0, 0, 0, 1})
                   .Snap(),
               46),
      Holds100(
          "WlanAggregateOfOne",
          Wlan(WlanHeader(0x88, 0x02, 26, 0x80)).Data(Subframe(108)).Snap(),
          48),
      Shape("WlanAggregateOfTwo",
            Wlan(WlanHeader(0x88, 0x02, 26, 0x80))
                .Data(Subframe(40))
                .Payload(56)
                .Data(Subframe(40))
                .Payload(40),
            "wlan-data 02:00:00:00:00:0c > 02:00:00:00:00:0b 124 B non-ip", 40,
            0, 0, 0),
      Shape("WlanProtected", Wlan(WlanHeader(0x08, 0x41, 24)).Payload(60),
            "wlan-data 02:00:00:00:00:0a > 02:00:00:00:00:0c 60 B non-ip", 24,
            0, 0, 0),
      Shape("WlanProtectedFourAddresses",
            Wlan(WlanHeader(0x88, 0x43, 32)).Payload(60),
            "wlan-data 02:00:00:00:00:0d > 02:00:00:00:00:0c 60 B non-ip", 32,
            0, 0, 0),
      Shape("WlanNull", Wlan(WlanHeader(0x48, 0x01, 24)),
            "wlan-data 02:00:00:00:00:0a > 02:00:00:00:00:0c 0 B non-ip", 24, 0,
            0, 0),
      Shape("WlanBeacon", Wlan(WlanHeader(0x80, 0, 24)).Payload(40),
            "wlan-management 02:00:00:00:00:0a > 02:00:00:00:00:0b 40 B non-ip",
            24, 0, 0, 0),
      Shape("WlanAck", Wlan(WlanHeader(0xd4, 0, 10)),
            "wlan-control - > 02:00:00:00:00:0b 0 B non-ip", 10, 0, 0, 0),
      Shape("WlanRts", Wlan(WlanHeader(0xb4, 0, 16)),
            "wlan-control 02:00:00:00:00:0a > 02:00:00:00:00:0b 0 B non-ip", 16,
            0, 0, 0),
      Shape("WlanExtension", Wlan(WlanHeader(0x0c, 0, 24)),
            "unknown - > - 24 B non-ip", 2, 0, 0, 0),
      Holds100("Radiotap",
               Link(DLT_IEEE802_11_RADIO, {0, 0, 8, 0, 0, 0, 0, 0})
                   .Data(WlanHeader(0x08, 0x01, 24))
                   .Snap(),
               40),
      Holds100("RadiotapFcs",
               Link(DLT_IEEE802_11_RADIO, Radiotap(0x10))
                   .Data(WlanHeader(0x08, 0x01, 24))
                   .Snap()
                   .Padding(4),
               50),
      Holds100("RadiotapPadded",
               Link(DLT_IEEE802_11_RADIO,
                    {0, 0, 13, 0, 2, 0, 0, 0x80, 0, 0, 0, 0, 0x20})
                   .Data(WlanHeader(0x88, 0x02, 28))
                   .Snap(),
               49),
      Shape("RadiotapBeaconFcs",
            Link(DLT_IEEE802_11_RADIO, Radiotap(0x10))
                .Data(WlanHeader(0x80, 0, 24))
                .Payload(44),
            "wlan-management 02:00:00:00:00:0a > 02:00:00:00:00:0b 40 B non-ip",
            42, 0, 0, 0),
      Shape("RadiotapDamaged",
            Link(DLT_IEEE802_11_RADIO, Radiotap(0x50))
                .Data(WlanHeader(0x08, 0x01, 24))
                .Payload(44),
            "unknown - > - 64 B non-ip", 18, 0, 0, 0),
      Holds100("Prism",
               Link(DLT_PRISM_HEADER, Bytes(144))
                   .Data(WlanHeader(0x08, 0x01, 24))
                   .Snap(),
               176),
      Holds100(
          "PrismAvs",
          Link(DLT_PRISM_HEADER, avs).Data(WlanHeader(0x08, 0x01, 24)).Snap(),
          96),
      Holds100("Avs",
               Link(DLT_IEEE802_11_RADIO_AVS, avs)
                   .Data(WlanHeader(0x08, 0x01, 24))
                   .Snap(),
               96),
      Holds100("SllRadiotap",
               Sll(803)
                   .Data({0, 0, 8, 0, 0, 0, 0, 0})
                   .Data(WlanHeader(0x08, 0x01, 24))
                   .Snap(),
               56),
  };
}

Bytes PktapHeader(uint8_t link_type) {
  Bytes bytes(108);
  bytes[0] = 108;
  bytes[4] = 1;
  bytes[8] = link_type;
  return bytes;
}

Bytes PpiHeader(uint8_t link_type) { return {0, 0, 8, 0, link_type, 0, 0, 0}; }

// The packet header attribute, and the payload's before its value.
Bytes NflogHeader(uint8_t family, uint16_t ethertype, uint8_t payload_bytes) {
  Bytes bytes{family, 0, 0, 5, 8, 0, 1, 0};
  Append16(&bytes, ethertype);
  Append(&bytes, {3, 0, 6, 0, 10, 0, 'i', 0, 0, 0});  // a prefix, filled up
  Append(&bytes, {static_cast<uint8_t>(payload_bytes + 4), 0, 9, 0});
  return bytes;
}

std::vector<HeaderShape> PseudoShapes() {
  Bytes ppi_fcs{0, 0, 32, 0, 105, 0, 0, 0, 2, 0, 20, 0};
  ppi_fcs.resize(20);
  ppi_fcs.push_back(1);
  ppi_fcs.resize(32);
  Bytes ipnet6{1, 26};
  ipnet6.resize(24);
  Bytes pflog{61, 2};
  pflog.resize(64);
  return {
      Holds100(
          "Ppi",
          Link(DLT_PPI, PpiHeader(105)).Data(WlanHeader(0x08, 0x01, 24)).Snap(),
          40),
      Shape("PpiBeaconFcs",
            Link(DLT_PPI, ppi_fcs).Data(WlanHeader(0x80, 0, 24)).Payload(44),
            "wlan-management 02:00:00:00:00:0a > 02:00:00:00:00:0b 40 B non-ip",
            56, 0, 0, 0),
      Holds100("PpiEthernet",
               Link(DLT_PPI, PpiHeader(1)).EthernetHeader(kMacA, kMacB), 22),
      Holds100("PktapEthernet",
               Link(DLT_PKTAP, PktapHeader(1)).EthernetHeader(kMacA, kMacB),
               122),
      Holds100("PktapNull", Link(DLT_PKTAP, PktapHeader(0)).Data({2, 0, 0, 0}),
               112),
      Holds100("PktapRaw", Link(DLT_PKTAP, PktapHeader(12)), 108),
      Holds100("NflogIpv4", Link(DLT_NFLOG, NflogHeader(2, 0x0800, 100)), 24),
      Holds100("NflogBigEndian",
               Link(DLT_NFLOG,
                    {2, 0, 0, 5, 0, 8, 0, 1, 0x08, 0, 3, 0, 0, 104, 0, 9}),
               16),
      Shape("NflogIpv6",
            Link(DLT_NFLOG, NflogHeader(10, 0x86dd, 120))
                .Ipv6(kHostA6, kHostB6)
                .Tcp(1234, 443)
                .Payload(60),
            "tcp 2001:db8::1:1234 > 2001:db8::2:443 120 B", 24, 64, 0, 68),
      // Only 40 bytes of the packet are in the log.
      Shape("NflogOfTheBeginning",
            Link(DLT_NFLOG, NflogHeader(2, 0x0800, 40))
                .Ipv4(kHostA, kHostB)
                .Tcp(1234, 443)
                .IpLength(1500),
            "tcp 10.0.0.1:1234 > 10.0.0.2:443 1500 B", 24, 44, 0, 48),
      Holds100("NflogBridgeVlan",
               Link(DLT_NFLOG, NflogHeader(7, 0x8100, 104)).Data({0, 7, 8, 0}),
               28, kText100Vlan7),
      Holds100("Pflog", Link(DLT_PFLOG, pflog), 64),
      Holds100("Enc", Link(DLT_ENC, {2, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0}), 12),
      Shape("Ipnet",
            Link(DLT_IPNET, ipnet6)
                .Ipv6(kHostA6, kHostB6)
                .Tcp(1234, 443)
                .Payload(60),
            "tcp 2001:db8::1:1234 > 2001:db8::2:443 120 B", 24, 64, 0, 68),
      Holds100("NetAnalyzer",
               Link(DLT_NETANALYZER, Bytes(4))
                   .EthernetHeader(kMacA, kMacB)
                   .Padding(4),
               18),
      Holds100("NetAnalyzerTransparent",
               Link(DLT_NETANALYZER_TRANSPARENT, Bytes(12))
                   .EthernetHeader(kMacA, kMacB)
                   .Padding(4),
               26),
      Holds100("PppPppd", Link(DLT_PPP_PPPD, {0, 0x03, 0, 0x21}), 4),
      Holds100("PppWithDirection", Link(DLT_PPP_WITH_DIR, {1}).Ppp(), 5),
      Holds100("CiscoHdlcWithDirection", Link(DLT_C_HDLC_WITH_DIR, {1}).Hdlc(),
               5),
      Shape("MplsLink", Packet100(PacketBuilder(DLT_MPLS).Mpls(16)), kText100,
            5, 24, 0, 28),
      Holds100("Rfc1483", PacketBuilder(DLT_ATM_RFC1483).Snap(), 8),
  };
}

}  // namespace

std::vector<HeaderShape> EncapsulationShapes() {
  std::vector<HeaderShape> shapes;
  for (const auto& part : {TagShapes(), WlanShapes(), PseudoShapes()}) {
    shapes.insert(shapes.end(), part.begin(), part.end());
  }
  return shapes;
}

}  // namespace ntm::test
