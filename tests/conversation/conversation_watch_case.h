// What the tests of ConversationWatch share: a client, a server and a name
// server whose packets it is given.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <string>

#include "ntm/conversation/conversation_watch.h"
#include "ntm/decode/decode.h"
#include "packet_builder.h"

namespace ntm::conversations {

using test::Eth;

inline constexpr int64_t kOneMs = 1'000'000;
inline constexpr int64_t kOneSecond = 1000 * kOneMs;
inline constexpr ServiceId kWeb = 7;
enum TcpFlagBit : uint8_t { kFin = 1, kSyn = 2, kRst = 4, kPsh = 8, kAck = 16 };

inline const char* const kClient = "192.168.0.10";
inline const char* const kServer = "93.184.216.34";

struct Tcp {
  uint32_t seq = 0;
  uint32_t ack = 0;
  uint8_t flags = kAck;
  size_t payload = 0;
  uint16_t window = 1000;
};

inline void Put(uint64_t value, size_t bytes, test::Bytes* out) {
  for (size_t i = bytes; i > 0; --i) {
    out->push_back(static_cast<uint8_t>(value >> 8 * (i - 1)));
  }
}

inline test::Bytes TcpBytes(uint16_t src_port, uint16_t dst_port,
                            const Tcp& tcp) {
  test::Bytes bytes;
  Put(src_port, 2, &bytes);
  Put(dst_port, 2, &bytes);
  Put(tcp.seq, 4, &bytes);
  Put(tcp.ack, 4, &bytes);
  Put(0x50, 1, &bytes);
  Put(tcp.flags, 1, &bytes);
  Put(tcp.window, 2, &bytes);
  Put(0, 4, &bytes);
  bytes.resize(bytes.size() + tcp.payload, 'x');
  return bytes;
}

class ConversationWatchTest : public testing::Test {
 protected:
  void Add(const test::PacketBuilder& builder, int64_t time_ns,
           ServiceId service = kWeb) {
    const test::CapturedFrame captured = builder.Build();
    Frame frame = captured.View();
    frame.time_ns = time_ns;
    Packet packet;
    ASSERT_EQ(Decode(frame, &packet), DecodeStatus::kOk);
    watch_.Add(frame, packet,
               {service, 1, networks_.DirectionOf(packet.src, packet.dst)});
  }

  void Up(const Tcp& tcp, int64_t time_ns, uint16_t port = 40000) {
    Add(Eth()
            .Ipv4(kClient, kServer)
            .IpProtocol(6)
            .Data(TcpBytes(port, 443, tcp)),
        time_ns);
  }
  void Down(const Tcp& tcp, int64_t time_ns, uint16_t port = 40000) {
    Add(Eth()
            .Ipv4(kServer, kClient)
            .IpProtocol(6)
            .Data(TcpBytes(443, port, tcp)),
        time_ns);
  }
  // A handshake: 40 ms to the server and back, 2 ms to the client.
  void Open(int64_t time_ns = 0, uint16_t port = 40000, uint32_t isn = 100) {
    Up({isn, 0, kSyn}, time_ns, port);
    Down({500, isn + 1, kSyn | kAck}, time_ns + 40 * kOneMs, port);
    Up({isn + 1, 501}, time_ns + 42 * kOneMs, port);
  }

  void Question(uint16_t id, int64_t time_ns, uint16_t port = 5000,
                const char* server = "9.9.9.9") {
    Add(Eth().Ipv4(kClient, server).Udp(port, 53).Data(Dns(id, 0x0100)),
        time_ns);
  }
  void Answer(uint16_t id, int64_t time_ns, uint16_t rcode = 0,
              uint16_t port = 5000, const char* server = "9.9.9.9") {
    Add(Eth()
            .Ipv4(server, kClient)
            .Udp(53, port)
            .Data(Dns(id, static_cast<uint16_t>(0x8180 | rcode))),
        time_ns);
  }
  // One question for "a.de".
  static test::Bytes Dns(uint16_t id, uint16_t flags) {
    test::Bytes bytes;
    Put(id, 2, &bytes);
    Put(flags, 2, &bytes);
    Put(1, 2, &bytes);
    bytes.resize(12);
    for (const char c : std::string("\1a\2de")) {
      bytes.push_back(static_cast<uint8_t>(c));
    }
    Put(0, 1, &bytes);
    Put(0x00010001, 4, &bytes);
    return bytes;
  }

  void Age(int64_t now_ns) {
    for (int i = 0; i < 16; ++i) watch_.Age(now_ns);
  }
  WireHealth Health() {
    WireHealth health;
    watch_.AddTo(&health);
    return health;
  }
  TcpCounts Sum() {
    TcpCounts sum;
    for (const TcpCounts& counts : Health().tcp) sum += counts;
    return sum;
  }
  uint64_t Count(ConnectOutcome outcome) {
    return Sum().connections[static_cast<size_t>(outcome)];
  }
  const LatencyHistogram Toward(Site site) {
    return Sum().handshakes[static_cast<size_t>(site)];
  }
  uint64_t Retransmitted(Site by) {
    return Sum().retransmitted_segments[static_cast<size_t>(by)];
  }

  ConversationWatch watch_{256, 1};
  LocalNetworks networks_;
};

}  // namespace ntm::conversations
