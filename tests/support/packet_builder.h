// Builds frames layer by layer:
//
//   Eth().Vlan(7).Ipv4("10.0.0.1", "10.0.0.2").Tcp(1234, 443).Payload(100)
//
// Each layer writes its number (Ethertype, protocol, next header …) into the
// layer below; lengths and the IPv4 header checksum are written at the end, and
// are correct unless the test sets them.
//
// Threads  a value type.
// Errors   throws std::invalid_argument for a malformed address, or for a layer
//          that cannot follow the layer below.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "ntm/decode/packet.h"

namespace ntm::test {

using Bytes = std::vector<uint8_t>;

// A frame that owns its bytes.
struct CapturedFrame {
  Bytes bytes;
  uint32_t wire_bytes = 0;
  int64_t time_ns = 0;
  int link_type = 0;

  // Valid until this object is changed or destroyed.
  Frame View() const noexcept;
};

class PacketBuilder {
 public:
  explicit PacketBuilder(int link_type) : link_type_(link_type) {}

  // Link headers; the capture's link type comes from link_type, not from the
  // first of them.
  PacketBuilder& EthernetHeader(const std::string& src, const std::string& dst);
  PacketBuilder& Vlan(uint16_t vid, uint16_t tpid = 0x8100);
  PacketBuilder& Mpls(uint32_t label, bool multicast = false);
  PacketBuilder& Pppoe(uint16_t session = 1);
  PacketBuilder& PppoeDiscovery();
  PacketBuilder& Ppp();  // address, control and protocol fields
  PacketBuilder& PppProtocol(
      bool compressed = false);  // the protocol field only
  PacketBuilder& Hdlc();         // Cisco's
  PacketBuilder& Macsec(bool with_sci, uint8_t tci_bits = 0);
  PacketBuilder& Nsh(uint8_t length_words = 6);
  PacketBuilder& Llc(uint8_t dsap, uint8_t ssap, uint8_t control = 0x03);
  PacketBuilder& Snap(uint32_t organisation = 0);
  PacketBuilder& SllHeader(uint16_t hardware = 1);
  PacketBuilder& Sll2Header(uint16_t hardware = 1);
  // The Ethertype, protocol or next header of the following Payload().
  PacketBuilder& Type(uint16_t type);

  // Network
  PacketBuilder& Arp(const std::string& sender, const std::string& target);
  PacketBuilder& Ipv4(const std::string& src, const std::string& dst,
                      size_t option_bytes = 0);
  PacketBuilder& Ipv6(const std::string& src, const std::string& dst);
  PacketBuilder& Dscp(uint8_t dscp);
  // IPv4: sets the header's fields. IPv6: adds a fragment header.
  PacketBuilder& Fragment(uint16_t offset_bytes, bool more, uint32_t id);
  PacketBuilder& HopByHop(size_t bytes = 8);
  PacketBuilder& Jumbo(
      uint32_t payload_bytes);  // hop-by-hop header with the option
  PacketBuilder& Routing(size_t bytes = 24);
  PacketBuilder& DestinationOptions(size_t bytes = 8);
  PacketBuilder& Mobility(size_t bytes = 8);
  PacketBuilder& NoNextHeader();

  // Transport
  PacketBuilder& Tcp(uint16_t src_port, uint16_t dst_port);
  PacketBuilder& Udp(uint16_t src_port, uint16_t dst_port);
  PacketBuilder& UdpLite(uint16_t src_port, uint16_t dst_port);
  PacketBuilder& Sctp(uint16_t src_port, uint16_t dst_port);
  PacketBuilder& Dccp(uint16_t src_port, uint16_t dst_port);
  PacketBuilder& Icmp(uint8_t type = 8);
  PacketBuilder& Icmp6(uint8_t type = 128);
  PacketBuilder& Esp(uint32_t spi = 1);
  PacketBuilder& Gre(uint16_t ethertype = 0x0800);
  // Any other IP protocol, without a header.
  PacketBuilder& IpProtocol(uint8_t protocol);

  PacketBuilder& Payload(size_t bytes);  // 0, 1, 2 …
  PacketBuilder& Data(test::Bytes bytes);
  PacketBuilder& Padding(size_t bytes);  // at the end; not part of any length

  // Wrong values and limits.
  PacketBuilder& IpLength(uint16_t value);  // the outermost IP header's field
  PacketBuilder& Snaplen(size_t captured_bytes);
  PacketBuilder& Wire(uint32_t wire_bytes);
  PacketBuilder& At(int64_t time_ns);

  test::Bytes Bytes() const;
  CapturedFrame Build() const;

 private:
  enum class Kind {
    kPlain,
    kEthernet,
    kMpls,
    kPppoe,
    kLlc,
    kIpv4,
    kIpv6,
    kUdp
  };

  // A layer's number in each kind of lower layer; 0: none.
  struct Numbers {
    uint16_t ethertype = 0;
    std::optional<uint8_t> ip;
    uint16_t ppp = 0;
    uint8_t nsh = 0;
  };
  enum class Space { kNone, kEthertype, kIp, kPpp, kNsh };

  struct Layer {
    Kind kind = Kind::kPlain;
    test::Bytes bytes;
    Space space = Space::kNone;  // of the numbers in its field
    size_t field = 0;            // offset of that field
  };

  PacketBuilder& Add(Layer layer, const Numbers& numbers);
  PacketBuilder& Extension(uint8_t number, test::Bytes bytes);
  PacketBuilder& Transport(uint8_t number, test::Bytes bytes,
                           Kind kind = Kind::kPlain);
  static void SetNumber(Layer* below, const Numbers& numbers);
  static void SetLengths(Layer* layer, size_t bytes);
  Layer& LastIp();

  int link_type_;
  std::vector<Layer> layers_;
  size_t padding_ = 0;
  std::optional<uint16_t> ip_length_;
  std::optional<size_t> snaplen_;
  std::optional<uint32_t> wire_bytes_;
  int64_t time_ns_ = 1'700'000'000'000'000'000;
};

inline constexpr char kMacA[] = "02:00:00:00:00:0a";
inline constexpr char kMacB[] = "02:00:00:00:00:0b";

// One builder for each link type, including its first header.
PacketBuilder Eth(const std::string& src = kMacA,
                  const std::string& dst = kMacB);
PacketBuilder Sll(uint16_t hardware = 1);   // source MAC kMacA
PacketBuilder Sll2(uint16_t hardware = 1);  // source MAC kMacA
PacketBuilder RawIp();
PacketBuilder Null(uint32_t family, bool big_endian = false);
PacketBuilder PppLink();    // address, control, protocol
PacketBuilder PppHdlc();    // DLT_PPP, but Cisco's framing
PacketBuilder HdlcLink();   // DLT_C_HDLC
PacketBuilder PppoeLink();  // DLT_PPP_ETHER

}  // namespace ntm::test
