#include "ntm/capture/handshake_tap.h"

#include <gtest/gtest.h>
#include <pcap/pcap.h>

#include <string>
#include <vector>

#include "ntm/capture/capture_filter.h"
#include "packet_builder.h"

namespace ntm {
namespace {

using test::Bytes;
using test::CapturedFrame;
using test::Eth;
using test::PacketBuilder;

class HeardHandshakes final : public HandshakeListener {
 public:
  void OnTcp(const TcpSegment& segment) noexcept override {
    sequence = segment.sequence;
    Note("tcp", segment.src, segment.src_port, segment.dst, segment.dst_port);
    payloads.emplace_back(segment.data, segment.data + segment.bytes);
  }
  void OnQuic(const UdpDatagram& datagram) noexcept override {
    Note("quic", datagram.src, datagram.src_port, datagram.dst,
         datagram.dst_port);
    payloads.emplace_back(datagram.data, datagram.data + datagram.bytes);
  }

  std::string text;
  uint32_t sequence = 0;
  std::vector<Bytes> payloads;

 private:
  void Note(const char* kind, const Address& src, uint16_t src_port,
            const Address& dst, uint16_t dst_port) {
    text = std::string(kind) + " " + ToString(src) + " " +
           std::to_string(src_port) + " " + ToString(dst) + " " +
           std::to_string(dst_port);
  }
};

HeardHandshakes HearTap(const CapturedFrame& frame) {
  HeardHandshakes heard;
  HearHandshake(frame.View(), &heard);
  return heard;
}

Bytes RecordOf(uint8_t message, size_t bytes = 200) {
  Bytes record = {22, 3, 1, 0, 195, message};
  record.resize(bytes, 0x55);
  return record;
}

Bytes LongHeaderOf(uint8_t first, uint32_t version) {
  Bytes datagram = {first, static_cast<uint8_t>(version >> 24),
                    static_cast<uint8_t>(version >> 16),
                    static_cast<uint8_t>(version >> 8),
                    static_cast<uint8_t>(version)};
  datagram.resize(1200, 0x55);
  return datagram;
}

// With PSH, if it is TCP over IPv4 without options, or over IPv6.
CapturedFrame Pushed(PacketBuilder builder, size_t ip_header_bytes) {
  CapturedFrame frame = builder.Build();
  frame.bytes[14 + ip_header_bytes + 13] = 0x18;
  return frame;
}

PacketBuilder TlsOver4(uint16_t src_port, uint16_t dst_port) {
  return Eth().Ipv4("10.0.0.1", "10.0.0.2").Tcp(src_port, dst_port);
}
PacketBuilder TlsOver6(uint16_t src_port, uint16_t dst_port) {
  return Eth().Ipv6("fd00::1", "fd00::2").Tcp(src_port, dst_port);
}
PacketBuilder QuicOver4() {
  return Eth().Ipv4("10.0.0.1", "10.0.0.2").Udp(50000, 443);
}
PacketBuilder QuicOver6() {
  return Eth().Ipv6("fd00::1", "fd00::2").Udp(50000, 443);
}

struct TapCase {
  const char* what;
  bool is_heard;
  CapturedFrame frame;
};

std::vector<TapCase> TapCases() {
  const Bytes request = {'G', 'E', 'T', ' ', '/', ' '};
  const Bytes hello = RecordOf(1);
  const Bytes rest(600, 0x77);
  const Bytes bulk(1448, 0x77);
  return {
      {"a ClientHello", true, TlsOver4(40000, 443).Data(hello).Build()},
      {"on another port", true, TlsOver4(40000, 993).Data(hello).Build()},
      {"over IPv6", true, TlsOver6(40000, 993).Data(hello).Build()},
      {"a ServerHello", true, TlsOver4(443, 40000).Data(RecordOf(2)).Build()},
      {"one over IPv6", true, TlsOver6(443, 40000).Data(RecordOf(2)).Build()},
      {"behind IPv4 options", true,
       Eth()
           .Ipv4("10.0.0.1", "10.0.0.2", 8)
           .Tcp(40000, 993)
           .Data(hello)
           .Build()},
      {"a Certificate", false, TlsOver4(443, 40000).Data(RecordOf(11)).Build()},
      {"plain text", false, TlsOver4(40000, 993).Data(request).Build()},
      {"the rest of a hello", true,
       Pushed(TlsOver4(40000, 443).Data(rest), 20)},
      {"one over IPv6 to 853", true,
       Pushed(TlsOver6(40000, 853).Data(rest), 40)},
      {"one to 8443", true, Pushed(TlsOver4(40000, 8443).Data({1}), 20)},
      {"one without PSH", false, TlsOver4(40000, 443).Data(rest).Build()},
      {"one to a port without TLS", false,
       Pushed(TlsOver4(40000, 80).Data(rest), 20)},
      {"one from the server", false,
       Pushed(TlsOver4(443, 40000).Data(rest), 20)},
      {"a full segment of an upload", false,
       Pushed(TlsOver4(40000, 443).Data(bulk), 20)},
      {"one over IPv6", false, Pushed(TlsOver6(40000, 443).Data(bulk), 40)},
      {"no payload", false, Pushed(TlsOver4(40000, 443), 20)},
      {"none over IPv6", false, Pushed(TlsOver6(40000, 443), 40)},
      {"QUIC 1", true, QuicOver4().Data(LongHeaderOf(0xc3, 1)).Build()},
      {"QUIC 2 over IPv6", true,
       QuicOver6().Data(LongHeaderOf(0xd3, 0x6b3343cf)).Build()},
      {"QUIC 1 over IPv6", true,
       QuicOver6().Data(LongHeaderOf(0xf3, 1)).Build()},
      {"version negotiation", false,
       QuicOver4().Data(LongHeaderOf(0xc3, 0)).Build()},
      {"one without the fixed bit", true,
       QuicOver4().Data(LongHeaderOf(0x83, 1)).Build()},
      {"a short header", false,
       QuicOver4().Data(LongHeaderOf(0x43, 1)).Build()},
      {"a short datagram", false, QuicOver4().Data({0xc3, 0, 0}).Build()},
      {"a fragment", false,
       Eth()
           .Ipv4("10.0.0.1", "10.0.0.2")
           .Fragment(8, false, 1)
           .Tcp(40000, 443)
           .Data(hello)
           .Build()},
      {"ARP", false, Eth().Arp("10.0.0.1", "10.0.0.2").Build()},
  };
}

TEST(HandshakeTapTest, HearsWhatMayBelongToAHandshake) {
  for (const TapCase& c : TapCases()) {
    EXPECT_EQ(HearTap(c.frame).payloads.size(), c.is_heard ? 1U : 0U) << c.what;
  }
}

TEST(HandshakeTapTest, TheFilterLetsThroughWhatIsHeard) {
  const auto cache = MakeFilterCache();
  CaptureFilter filter(DLT_EN10MB, kHandshakeFilter, false, cache.get());
  for (const TapCase& c : TapCases()) {
    EXPECT_EQ(filter.MatchesAll(c.frame.View()), c.is_heard) << c.what;
  }
}

TEST(HandshakeTapTest, TheFilterSeesThroughTagsAndPppoe) {
  const auto cache = MakeFilterCache();
  CaptureFilter filter(DLT_EN10MB, kHandshakeFilter, false, cache.get());
  for (const uint8_t message : {uint8_t{1}, uint8_t{11}}) {
    const Bytes payload = RecordOf(message);
    for (const CapturedFrame& frame : {Eth()
                                           .Vlan(7)
                                           .Ipv4("10.0.0.1", "10.0.0.2")
                                           .Tcp(40000, 993)
                                           .Data(payload)
                                           .Build(),
                                       Eth()
                                           .Pppoe()
                                           .Ipv6("fd00::1", "fd00::2")
                                           .Tcp(40000, 993)
                                           .Data(payload)
                                           .Build()}) {
      EXPECT_EQ(filter.MatchesAll(frame.View()), message == 1);
      EXPECT_EQ(HearTap(frame).payloads.size(), message == 1 ? 1U : 0U);
    }
  }
}

TEST(HandshakeTapTest, GivesThePayloadWithoutThePaddingOfTheLink) {
  const Bytes hello = RecordOf(1);
  CapturedFrame frame = TlsOver4(40000, 443).Data(hello).Padding(9).Build();
  frame.bytes[14 + 20 + 7] = 42;
  const HeardHandshakes heard = HearTap(frame);
  EXPECT_EQ(heard.text, "tcp 10.0.0.1 40000 10.0.0.2 443");
  EXPECT_EQ(heard.sequence % 256, 42U);
  ASSERT_EQ(heard.payloads.size(), 1U);
  EXPECT_EQ(heard.payloads[0], hello);
  const HeardHandshakes quic =
      HearTap(QuicOver6().Data(LongHeaderOf(0xc3, 1)).Padding(9).Build());
  EXPECT_EQ(quic.text, "quic fd00::1 50000 fd00::2 443");
  EXPECT_EQ(quic.payloads.at(0).size(), 1200U);
}

TEST(HandshakeTapTest, AFrameThatIsCutGivesWhatThereIs) {
  CapturedFrame tcp = TlsOver4(40000, 443).Data(RecordOf(1)).Build();
  CapturedFrame udp = QuicOver4().Data(LongHeaderOf(0xc3, 1)).Build();
  while (!tcp.bytes.empty()) {
    tcp.bytes.pop_back();
    for (const Bytes& payload : HearTap(tcp).payloads) {
      EXPECT_EQ(payload.size(), tcp.bytes.size() - 54);
    }
  }
  while (!udp.bytes.empty()) {
    udp.bytes.pop_back();
    EXPECT_TRUE(HearTap(udp).payloads.empty()) << udp.bytes.size();
  }
}

}  // namespace
}  // namespace ntm
