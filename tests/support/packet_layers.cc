// The layers of PacketBuilder, from the link upwards.
#include <algorithm>
#include <numeric>
#include <stdexcept>
#include <utility>

#include "packet_builder.h"
#include "wire_bytes.h"

namespace ntm::test {

PacketBuilder& PacketBuilder::EthernetHeader(const std::string& src,
                                             const std::string& dst) {
  test::Bytes bytes = MacBytes(dst);
  Append(&bytes, MacBytes(src));
  bytes.resize(14);
  return Add({Kind::kEthernet, bytes, Space::kEthertype, 12},
             {0x6558, {}, 0, 3});
}

PacketBuilder& PacketBuilder::Vlan(uint16_t vid, uint16_t tpid) {
  test::Bytes bytes;
  Append16(&bytes, vid);
  bytes.resize(4);
  return Add({Kind::kEthernet, bytes, Space::kEthertype, 2}, {tpid, {}, 0, 0});
}

PacketBuilder& PacketBuilder::Mpls(uint32_t label, bool multicast) {
  // The last label; an added one clears its bottom-of-stack bit.
  test::Bytes bytes;
  Append32(&bytes, label << 12 | 0x100 | 64);
  if (!layers_.empty() && layers_.back().kind == Kind::kMpls) {
    layers_.back().bytes[2] &= 0xfe;
  }
  const auto ethertype = static_cast<uint16_t>(multicast ? 0x8848 : 0x8847);
  const auto ppp = static_cast<uint16_t>(multicast ? 0x0283 : 0x0281);
  return Add({Kind::kMpls, bytes, Space::kNone, 0},
             {ethertype, uint8_t{137}, ppp, 5});
}

PacketBuilder& PacketBuilder::Pppoe(uint16_t session) {
  test::Bytes bytes{0x11, 0};
  Append16(&bytes, session);
  bytes.resize(8);
  return Add({Kind::kPppoe, bytes, Space::kPpp, 6}, {0x8864, {}, 0, 0});
}

PacketBuilder& PacketBuilder::PppoeDiscovery() {
  return Add({Kind::kPlain, {0x11, 9, 0, 0, 0, 0}, Space::kNone, 0},
             {0x8863, {}, 0, 0});
}

PacketBuilder& PacketBuilder::Ppp() {
  return Add({Kind::kPlain, {0xff, 0x03, 0, 0}, Space::kPpp, 2},
             {0x880b, {}, 0, 0});
}

PacketBuilder& PacketBuilder::PppProtocol(bool compressed) {
  return Add({Kind::kPlain, test::Bytes(compressed ? 1 : 2), Space::kPpp, 0},
             {0x880b, {}, 0, 0});
}

PacketBuilder& PacketBuilder::Hdlc() {
  return Add({Kind::kPlain, {0x0f, 0, 0, 0}, Space::kEthertype, 2}, {});
}

PacketBuilder& PacketBuilder::Macsec(bool with_sci, uint8_t tci_bits) {
  test::Bytes bytes{
      static_cast<uint8_t>(tci_bits | (with_sci ? 0x20 : 0)), 0, 0, 0, 0, 1};
  bytes.resize(with_sci ? 16 : 8);
  const size_t field = bytes.size() - 2;
  return Add({Kind::kPlain, bytes, Space::kEthertype, field},
             {0x88e5, {}, 0, 0});
}

PacketBuilder& PacketBuilder::Nsh(uint8_t length_words) {
  test::Bytes bytes(std::max<size_t>(8, length_words * size_t{4}));
  bytes[0] = 0x0f;
  bytes[1] = static_cast<uint8_t>(0xc0 | length_words);
  bytes[2] = length_words == 6 ? 1 : 2;  // metadata of fixed size or none
  return Add({Kind::kPlain, bytes, Space::kNsh, 3}, {0x894f, {}, 0, 4});
}

PacketBuilder& PacketBuilder::Llc(uint8_t dsap, uint8_t ssap, uint8_t control) {
  return Add({Kind::kLlc, {dsap, ssap, control}, Space::kNone, 0},
             {4, {}, 0, 0});
}

PacketBuilder& PacketBuilder::Snap(uint32_t organisation) {
  test::Bytes bytes{0xaa, 0xaa, 0x03};
  Append32(&bytes, organisation << 8);
  bytes.resize(8);
  return Add({Kind::kLlc, bytes, Space::kEthertype, 6}, {4, {}, 0, 0});
}

PacketBuilder& PacketBuilder::SllHeader(uint16_t hardware) {
  test::Bytes bytes{0, 0};
  Append16(&bytes, hardware);
  Append16(&bytes, 6);
  Append(&bytes, MacBytes(kMacA));
  bytes.resize(16);
  return Add({Kind::kPlain, bytes, Space::kEthertype, 14}, {});
}

PacketBuilder& PacketBuilder::Sll2Header(uint16_t hardware) {
  test::Bytes bytes(8);
  Append16(&bytes, hardware);
  Append16(&bytes, 6);
  Append(&bytes, MacBytes(kMacA));
  bytes.resize(20);
  return Add({Kind::kPlain, bytes, Space::kEthertype, 0}, {});
}

PacketBuilder& PacketBuilder::Type(uint16_t type) {
  if (layers_.empty()) throw std::invalid_argument("no layer to have a type");
  SetNumber(&layers_.back(), {type, static_cast<uint8_t>(type), type,
                              static_cast<uint8_t>(type)});
  return *this;
}

PacketBuilder& PacketBuilder::Arp(const std::string& sender,
                                  const std::string& target) {
  test::Bytes bytes{0, 1, 8, 0, 6, 4, 0, 1};
  Append(&bytes, MacBytes(kMacA));
  Append(&bytes, IpBytes(AF_INET, sender));
  Append(&bytes, test::Bytes(6));
  Append(&bytes, IpBytes(AF_INET, target));
  return Add({Kind::kPlain, bytes, Space::kNone, 0}, {0x0806, {}, 0, 0});
}

PacketBuilder& PacketBuilder::Ipv4(const std::string& src,
                                   const std::string& dst,
                                   size_t option_bytes) {
  if (option_bytes % 4 != 0 || option_bytes > 40) {
    throw std::invalid_argument("IPv4 options are 0 to 40 bytes, by fours");
  }
  test::Bytes bytes{static_cast<uint8_t>(0x45 + option_bytes / 4)};
  bytes.resize(12);
  bytes[8] = 64;
  Append(&bytes, IpBytes(AF_INET, src));
  Append(&bytes, IpBytes(AF_INET, dst));
  bytes.resize(20 + option_bytes, 1);
  return Add({Kind::kIpv4, bytes, Space::kIp, 9},
             {0x0800, uint8_t{4}, 0x0021, 1});
}

PacketBuilder& PacketBuilder::Ipv6(const std::string& src,
                                   const std::string& dst) {
  test::Bytes bytes{0x60};
  bytes.resize(8);
  bytes[6] = 59;
  bytes[7] = 64;
  Append(&bytes, IpBytes(AF_INET6, src));
  Append(&bytes, IpBytes(AF_INET6, dst));
  return Add({Kind::kIpv6, bytes, Space::kIp, 6},
             {0x86dd, uint8_t{41}, 0x0057, 2});
}

PacketBuilder& PacketBuilder::Dscp(uint8_t dscp) {
  Layer& ip = LastIp();
  if (ip.kind == Kind::kIpv4) {
    ip.bytes[1] = static_cast<uint8_t>(dscp << 2);
  } else {
    Put16(&ip.bytes, 0, 0x6000U | static_cast<unsigned>(dscp) << 6U);
  }
  return *this;
}

PacketBuilder& PacketBuilder::Fragment(uint16_t offset_bytes, bool more,
                                       uint32_t id) {
  Layer& ip = LastIp();
  if (ip.kind == Kind::kIpv4) {
    Put16(&ip.bytes, 4, id);
    Put16(&ip.bytes, 6, offset_bytes / 8U | (more ? 0x2000U : 0U));
    return *this;
  }
  test::Bytes bytes(2);
  Append16(&bytes, (offset_bytes & 0xfff8U) | (more ? 1U : 0U));
  Append32(&bytes, id);
  return Add({Kind::kPlain, bytes, Space::kIp, 0}, {0, uint8_t{44}, 0, 0});
}

PacketBuilder& PacketBuilder::Extension(uint8_t number, test::Bytes bytes) {
  if (bytes.size() % 8 != 0) {
    throw std::invalid_argument("extension headers come by eight bytes");
  }
  bytes[0] = 59;
  bytes[1] = static_cast<uint8_t>(bytes.size() / 8 - 1);
  return Add({Kind::kPlain, std::move(bytes), Space::kIp, 0},
             {0, number, 0, 0});
}

PacketBuilder& PacketBuilder::HopByHop(size_t bytes) {
  return Extension(0, test::Bytes(bytes));
}

PacketBuilder& PacketBuilder::Jumbo(uint32_t payload_bytes) {
  test::Bytes bytes{0, 0, 0xc2, 4};
  Append32(&bytes, payload_bytes);
  return Extension(0, bytes);
}

PacketBuilder& PacketBuilder::Routing(size_t bytes) {
  return Extension(43, test::Bytes(bytes));
}

PacketBuilder& PacketBuilder::DestinationOptions(size_t bytes) {
  return Extension(60, test::Bytes(bytes));
}

PacketBuilder& PacketBuilder::Mobility(size_t bytes) {
  return Extension(135, test::Bytes(bytes));
}

PacketBuilder& PacketBuilder::NoNextHeader() { return Type(59); }

PacketBuilder& PacketBuilder::Transport(uint8_t number, test::Bytes bytes,
                                        Kind kind) {
  return Add({kind, std::move(bytes), Space::kNone, 0}, {0, number, 0, 0});
}

PacketBuilder& PacketBuilder::Tcp(uint16_t src_port, uint16_t dst_port) {
  test::Bytes bytes = PortsHeader(src_port, dst_port, 20);
  bytes[12] = 0x50;
  return Transport(6, bytes);
}

PacketBuilder& PacketBuilder::Udp(uint16_t src_port, uint16_t dst_port) {
  return Transport(17, PortsHeader(src_port, dst_port, 8), Kind::kUdp);
}

PacketBuilder& PacketBuilder::UdpLite(uint16_t src_port, uint16_t dst_port) {
  return Transport(136, PortsHeader(src_port, dst_port, 8));
}

PacketBuilder& PacketBuilder::Sctp(uint16_t src_port, uint16_t dst_port) {
  return Transport(132, PortsHeader(src_port, dst_port, 12));
}

PacketBuilder& PacketBuilder::Dccp(uint16_t src_port, uint16_t dst_port) {
  return Transport(33, PortsHeader(src_port, dst_port, 12));
}

PacketBuilder& PacketBuilder::Icmp(uint8_t type) {
  return Transport(1, {type, 0, 0, 0, 0, 1, 0, 1});
}

PacketBuilder& PacketBuilder::Icmp6(uint8_t type) {
  return Transport(58, {type, 0, 0, 0, 0, 1, 0, 1});
}

PacketBuilder& PacketBuilder::Esp(uint32_t spi) {
  test::Bytes bytes;
  Append32(&bytes, spi);
  Append32(&bytes, 1);
  return Transport(50, bytes);
}

PacketBuilder& PacketBuilder::Gre(uint16_t ethertype) {
  test::Bytes bytes(2);
  Append16(&bytes, ethertype);
  return Add({Kind::kPlain, bytes, Space::kEthertype, 2},
             {0, uint8_t{47}, 0, 0});
}

PacketBuilder& PacketBuilder::IpProtocol(uint8_t protocol) {
  return Type(protocol);
}

PacketBuilder& PacketBuilder::Payload(size_t bytes) {
  test::Bytes payload(bytes);
  std::iota(payload.begin(), payload.end(), uint8_t{0});
  return Data(std::move(payload));
}

PacketBuilder& PacketBuilder::Data(test::Bytes bytes) {
  layers_.push_back({Kind::kPlain, std::move(bytes), Space::kNone, 0});
  return *this;
}

}  // namespace ntm::test
