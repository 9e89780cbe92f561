#include "ntm/conversation/conversation_watch.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "ntm/decode/decode.h"
#include "packet_builder.h"

namespace ntm {
namespace {

using test::Eth;

constexpr int64_t kOneMs = 1'000'000;
constexpr int64_t kOneSecond = 1000 * kOneMs;
constexpr ServiceId kWeb = 7;
enum : uint8_t { kFin = 1, kSyn = 2, kRst = 4, kPsh = 8, kAck = 16 };

const char* const kClient = "192.168.0.10";
const char* const kServer = "93.184.216.34";

struct Tcp {
  uint32_t seq = 0;
  uint32_t ack = 0;
  uint8_t flags = kAck;
  size_t payload = 0;
  uint16_t window = 1000;
};

void Put(uint64_t value, size_t bytes, test::Bytes* out) {
  for (size_t i = bytes; i > 0; --i) {
    out->push_back(static_cast<uint8_t>(value >> 8 * (i - 1)));
  }
}

test::Bytes TcpBytes(uint16_t src_port, uint16_t dst_port, const Tcp& tcp) {
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

TEST_F(ConversationWatchTest, AHandshakeTellsTheServersWayFromTheClients) {
  Open();
  EXPECT_EQ(Count(ConnectOutcome::kEstablished), 1U);
  EXPECT_DOUBLE_EQ(Toward(Site::kRemote).sum_seconds(), 0.04);
  EXPECT_DOUBLE_EQ(Toward(Site::kLocal).sum_seconds(), 0.002);
  const WireHealth health = Health();
  ASSERT_EQ(health.tcp.size(), 2U);
  EXPECT_TRUE(health.tcp[0].is_rest);
  EXPECT_EQ(health.tcp[1].service, kWeb);
  EXPECT_EQ(health.conversations, 1U);
}

TEST_F(ConversationWatchTest, ARepeatedSynIsCountedAndNotMeasured) {
  Up({100, 0, kSyn}, 0);
  Up({100, 0, kSyn}, kOneSecond);
  Up({100, 0, kSyn}, 3 * kOneSecond);
  Down({500, 101, kSyn | kAck}, 3 * kOneSecond + 40 * kOneMs);
  Up({101, 501}, 3 * kOneSecond + 42 * kOneMs);
  EXPECT_EQ(Count(ConnectOutcome::kEstablished), 1U);
  EXPECT_EQ(Toward(Site::kRemote).count(), 0U);
  EXPECT_EQ(Toward(Site::kLocal).count(), 0U);
  EXPECT_EQ(Sum().repeated_handshakes, 1U);
  EXPECT_EQ(Retransmitted(Site::kLocal), 2U);
}

TEST_F(ConversationWatchTest, ASynIsRepeatedWhenItsAnswerIsLost) {
  Up({100, 0, kSyn}, 0);
  Down({500, 101, kSyn | kAck}, 40 * kOneMs);
  Up({100, 0, kSyn}, kOneSecond);
  Down({500, 101, kSyn | kAck}, kOneSecond + 40 * kOneMs);
  Up({101, 501}, kOneSecond + 42 * kOneMs);
  EXPECT_EQ(Count(ConnectOutcome::kEstablished), 1U);
  EXPECT_EQ(Count(ConnectOutcome::kUnanswered), 0U);
  EXPECT_EQ(Sum().repeated_handshakes, 1U);
  EXPECT_EQ(Retransmitted(Site::kLocal), 1U);
  EXPECT_EQ(Retransmitted(Site::kRemote), 1U);
  // The first answer was to the only SYN; what came after it is not known.
  EXPECT_DOUBLE_EQ(Toward(Site::kRemote).sum_seconds(), 0.04);
  EXPECT_EQ(Toward(Site::kLocal).count(), 0U);
}

TEST_F(ConversationWatchTest, ARepeatedSynWithoutAnAnswerIsCountedInTheEnd) {
  Open();
  Up({100, 0, kSyn}, 0, 40001);
  Up({100, 0, kSyn}, kOneSecond, 40001);
  Age(100 * kOneSecond);
  EXPECT_EQ(Count(ConnectOutcome::kUnanswered), 1U);
  EXPECT_EQ(Sum().repeated_handshakes, 1U);
  EXPECT_EQ(Retransmitted(Site::kLocal), 1U);
}

TEST_F(ConversationWatchTest, ARefusalIsNoUnansweredAttempt) {
  Up({100, 0, kSyn}, 0);
  Down({0, 101, kRst | kAck}, kOneMs);
  Age(100 * kOneSecond);
  EXPECT_EQ(Count(ConnectOutcome::kRefused), 1U);
  EXPECT_EQ(Count(ConnectOutcome::kUnanswered), 0U);
  EXPECT_EQ(Sum().resets[1], 1U);
}

TEST_F(ConversationWatchTest, AnAttemptEndsUnansweredAfterHalfAMinute) {
  Open();
  Up({100, 0, kSyn}, 0, 40001);
  Age(29 * kOneSecond);
  EXPECT_EQ(Count(ConnectOutcome::kUnanswered), 0U);
  Age(31 * kOneSecond);
  EXPECT_EQ(Count(ConnectOutcome::kUnanswered), 1U);
}

TEST_F(ConversationWatchTest, OneDirectionAloneCannotTellWhatIsUnanswered) {
  Up({100, 0, kSyn}, 0);
  Up({100, 0, kSyn}, 0, 40001);
  Up({101, 501}, 2 * kOneMs);
  Age(60 * kOneSecond);
  EXPECT_FALSE(Health().both_directions_seen);
  EXPECT_EQ(Count(ConnectOutcome::kUnanswered), 0U);
  EXPECT_EQ(Count(ConnectOutcome::kEstablished), 1U);
  EXPECT_EQ(Toward(Site::kRemote).count(), 0U);
  // What was held back counts once an answer shows that both are seen.
  Open(61 * kOneSecond, 40002);
  EXPECT_EQ(Count(ConnectOutcome::kUnanswered), 1U);
}

TEST_F(ConversationWatchTest, ASynOnOpenEndsBeginsANewConversation) {
  Open();
  Open(10 * kOneSecond, 40000, 90000);
  EXPECT_EQ(Count(ConnectOutcome::kEstablished), 2U);
  EXPECT_EQ(Toward(Site::kRemote).count(), 2U);
  EXPECT_EQ(Health().conversations, 1U);
}

TEST_F(ConversationWatchTest, AForgedSynDoesNotEndAConversation) {
  Open();
  Up({77777, 0, kSyn}, kOneSecond);
  Up({101, 501, kAck | kPsh, 100}, 2 * kOneSecond);
  Up({101, 501, kAck | kPsh, 100}, 3 * kOneSecond);
  EXPECT_EQ(Retransmitted(Site::kLocal), 1U);
}

TEST_F(ConversationWatchTest, ASegmentSentAgainCountsForItsSender) {
  Open();
  Down({501, 101, kAck, 1000}, kOneSecond);
  Down({501, 101, kAck, 1000}, kOneSecond + 300 * kOneMs);
  Up({101, 1501}, kOneSecond + 301 * kOneMs);
  Up({101, 1501, kAck, 10}, 2 * kOneSecond);
  Up({101, 1501, kAck, 10}, 3 * kOneSecond);
  EXPECT_EQ(Retransmitted(Site::kRemote), 1U);
  EXPECT_EQ(Retransmitted(Site::kLocal), 1U);
  EXPECT_EQ(Sum().retransmitted_bytes[1], 1000U);
  EXPECT_EQ(Sum().retransmitted_bytes[0], 10U);
  EXPECT_EQ(Sum().segments[1], 2U);
}

TEST_F(ConversationWatchTest, ALateSegmentSoonAfterIsOutOfOrder) {
  Open();
  Down({1501, 101, kAck, 1000}, kOneSecond);
  Down({501, 101, kAck, 1000}, kOneSecond + kOneMs);
  EXPECT_EQ(Retransmitted(Site::kRemote), 0U);
  EXPECT_EQ(Health().out_of_order_segments, 1U);
  // What is lost before the capture is seen once, but late.
  Down({3501, 101, kAck, 1000}, 2 * kOneSecond);
  Down({2501, 101, kAck, 1000}, 2 * kOneSecond + 80 * kOneMs);
  EXPECT_EQ(Retransmitted(Site::kRemote), 1U);
}

TEST_F(ConversationWatchTest, WhereNothingIsMissingAnOldSegmentWasSentAgain) {
  Open();
  Down({501, 101, kAck, 1000}, kOneSecond);
  Down({1501, 101, kAck, 1000}, kOneSecond + kOneMs);
  Down({501, 101, kAck, 1000}, kOneSecond + 2 * kOneMs);
  EXPECT_EQ(Retransmitted(Site::kRemote), 1U);
  EXPECT_EQ(Health().out_of_order_segments, 0U);
  // All is acknowledged, so the gap is filled.
  Down({3501, 101, kAck, 1000}, 2 * kOneSecond);
  Down({2501, 101, kAck, 1000}, 2 * kOneSecond + kOneMs);
  Up({101, 4501}, 2 * kOneSecond + kOneMs);
  EXPECT_EQ(Health().out_of_order_segments, 1U);
  Down({4501, 101, kAck, 1000}, 3 * kOneSecond);
  Down({5501, 101, kAck, 1000}, 3 * kOneSecond);
  Down({4501, 101, kAck, 1000}, 3 * kOneSecond + kOneMs);
  EXPECT_EQ(Retransmitted(Site::kRemote), 2U);
}

TEST_F(ConversationWatchTest, KeepAlivesAndProbesAreNoRetransmissions) {
  Open();
  Up({101, 501, kAck, 100}, kOneSecond);
  Down({501, 201}, kOneSecond + kOneMs);
  Up({200, 501, kAck, 0}, 60 * kOneSecond);
  Down({501, 201}, 60 * kOneSecond + kOneMs);
  Up({200, 501, kAck, 1}, 61 * kOneSecond);
  Down({501, 201, kAck, 0, 0}, 62 * kOneSecond);
  Up({201, 501, kAck, 1}, 63 * kOneSecond);
  Down({501, 201, kAck, 0, 0}, 63 * kOneSecond);
  Up({201, 501, kAck, 50}, 64 * kOneSecond);
  EXPECT_EQ(Retransmitted(Site::kLocal), 0U);
  EXPECT_EQ(Sum().zero_windows[1], 2U);
}

TEST_F(ConversationWatchTest, ACutHeaderAndAFragmentSayNothing) {
  Open();
  Add(Eth()
          .Ipv4(kServer, kClient)
          .IpProtocol(6)
          .Data(TcpBytes(443, 40000, {1, 1, kRst}))
          .Snaplen(14 + 20 + 15),
      kOneSecond);
  Add(Eth()
          .Ipv4(kServer, kClient)
          .Fragment(0, true, 9)
          .IpProtocol(6)
          .Data(TcpBytes(443, 40000, {1, 1, kRst})),
      kOneSecond);
  EXPECT_EQ(Sum().resets[1], 0U);
}

TEST_F(ConversationWatchTest, Ipv6WithExtensionHeadersIsFollowed) {
  const auto add = [this](bool up, const Tcp& tcp, int64_t time_ns) {
    auto builder = up ? Eth().Ipv6("fd00::1", "2001:db8::1")
                      : Eth().Ipv6("2001:db8::1", "fd00::1");
    Add(builder.HopByHop().DestinationOptions().IpProtocol(6).Data(
            up ? TcpBytes(40000, 443, tcp) : TcpBytes(443, 40000, tcp)),
        time_ns);
  };
  add(true, {100, 0, kSyn}, 0);
  add(false, {500, 101, kSyn | kAck}, 5 * kOneMs);
  add(true, {101, 501}, 6 * kOneMs);
  EXPECT_DOUBLE_EQ(Toward(Site::kRemote).sum_seconds(), 0.005);
}

TEST_F(ConversationWatchTest, AFloodOfSynsPushesNoConversationOut) {
  Open();
  constexpr uint32_t kFlood = 40000;
  for (uint32_t i = 0; i < kFlood; ++i) {
    Tcp syn{i, 0, kSyn};
    const std::string from = "100." + std::to_string(i >> 16 & 255) + "." +
                             std::to_string(i >> 8 & 255) + "." +
                             std::to_string(i & 255);
    Add(Eth().Ipv4(from, kClient).IpProtocol(6).Data(TcpBytes(1024, 22, syn)),
        kOneSecond + i * 1000, 3);
  }
  Up({101, 501, kAck, 100}, 2 * kOneSecond);
  Up({101, 501, kAck, 100}, 3 * kOneSecond);
  Age(100 * kOneSecond);
  EXPECT_EQ(Retransmitted(Site::kLocal), 1U);
  EXPECT_EQ(Count(ConnectOutcome::kUnanswered), kFlood);
  EXPECT_EQ(Health().conversations, 1U);
}

TEST_F(ConversationWatchTest, WithoutAPlaceSegmentsAreCountedAsUnwatched) {
  for (uint16_t port = 1; port <= 2000; ++port) Open(kOneSecond, port);
  const WireHealth health = Health();
  EXPECT_LE(health.conversations, 256U);
  EXPECT_GE(health.unwatched_segments, 2000U - 256U);
  EXPECT_EQ(Count(ConnectOutcome::kEstablished), 2000U);
  // Those that were silent for two minutes give their places.
  for (uint16_t port = 3001; port <= 3064; ++port) Open(200 * kOneSecond, port);
  EXPECT_EQ(Health().unwatched_segments, health.unwatched_segments);
}

TEST_F(ConversationWatchTest, ServicesBeyondTheLimitAreOneSum) {
  for (ServiceId service = 1; service <= 100; ++service) {
    const auto port = static_cast<uint16_t>(service);
    const auto add = [&](bool up, const Tcp& tcp) {
      Add((up ? Eth().Ipv4(kClient, kServer) : Eth().Ipv4(kServer, kClient))
              .IpProtocol(6)
              .Data(up ? TcpBytes(40000, port, tcp)
                       : TcpBytes(port, 40000, tcp)),
          kOneSecond, service);
    };
    add(true, {100, 0, kSyn});
    add(false, {500, 101, kSyn | kAck});
    add(true, {101, 501});
  }
  const WireHealth health = Health();
  ASSERT_EQ(health.tcp.size(), kMaxHealthServices + 1);
  EXPECT_EQ(health.tcp[0].connections[0], 100 - kMaxHealthServices);
  EXPECT_EQ(Count(ConnectOutcome::kEstablished), 100U);
}

TEST_F(ConversationWatchTest, AnAnswerIsMeasuredFromTheNewestQuestion) {
  Question(1, 0);
  Question(1, kOneSecond);
  Answer(1, kOneSecond + 20 * kOneMs);
  Question(2, 2 * kOneSecond);
  Answer(2, 2 * kOneSecond + 5 * kOneMs, 3);
  const WireHealth health = Health();
  ASSERT_EQ(health.dns.size(), 2U);
  EXPECT_EQ(ToString(health.dns[1].server), "9.9.9.9");
  EXPECT_DOUBLE_EQ(health.dns[1].responses_after.sum_seconds(), 0.025);
  EXPECT_EQ(health.dns[1].responses[0], 1U);
  EXPECT_EQ(health.dns[1].responses[3], 1U);
}

TEST_F(ConversationWatchTest, AQuestionWithoutAnAnswerCountsForItsServer) {
  Question(1, 0);
  Answer(1, kOneMs);
  Question(2, kOneSecond);
  Question(3, kOneSecond, 5000, "9.9.9.10");
  Answer(4, 2 * kOneSecond);  // to no question
  Age(12 * kOneSecond);
  uint64_t unanswered = 0;
  uint64_t measured = 0;
  for (const DnsCounts& counts : Health().dns) {
    unanswered += counts.unanswered;
    measured += counts.responses_after.count();
  }
  EXPECT_EQ(unanswered, 2U);
  EXPECT_EQ(measured, 1U);
}

TEST_F(ConversationWatchTest, NameServersBeyondTheLimitAreOneSum) {
  for (int i = 1; i <= 40; ++i) {
    const std::string server = "9.9.9." + std::to_string(i);
    Question(1, kOneSecond, 5000, server.c_str());
    Answer(1, kOneSecond + kOneMs, 0, 5000, server.c_str());
  }
  const WireHealth health = Health();
  EXPECT_EQ(health.dns.size(), kMaxNameServers + 1);
  EXPECT_EQ(health.dns[0].responses[0], 40 - kMaxNameServers);
}

TEST_F(ConversationWatchTest, AMessageThatLiesAboutItsLengthIsMalformed) {
  const auto send = [this](const test::Bytes& message) {
    Add(Eth().Ipv4(kClient, "9.9.9.9").Udp(5000, 53).Data(message), kOneSecond);
  };
  const test::Bytes whole = Dns(1, 0x0100);
  for (size_t bytes = 0; bytes < whole.size(); ++bytes) {
    send(test::Bytes(whole.begin(),
                     whole.begin() + static_cast<std::ptrdiff_t>(bytes)));
  }
  EXPECT_EQ(Health().malformed_dns, whole.size());
  send(whole);
  EXPECT_EQ(Health().malformed_dns, whole.size());
}

TEST_F(ConversationWatchTest, DnsOverTcpIsReadWhereOneSegmentHoldsIt) {
  const auto send = [this](bool up, uint16_t flags, int64_t time_ns) {
    const test::Bytes message = Dns(9, flags);
    test::Bytes bytes = TcpBytes(up ? 5000 : 53, up ? 53 : 5000, {1, 1});
    Put(message.size(), 2, &bytes);
    bytes.insert(bytes.end(), message.begin(), message.end());
    Add((up ? Eth().Ipv4(kClient, "9.9.9.9") : Eth().Ipv4("9.9.9.9", kClient))
            .IpProtocol(6)
            .Data(bytes),
        time_ns);
  };
  send(true, 0x0100, 0);
  send(false, 0x8180, 7 * kOneMs);
  EXPECT_DOUBLE_EQ(Health().dns.back().responses_after.sum_seconds(), 0.007);
}

TEST_F(ConversationWatchTest, IcmpErrorsCountByReasonAndSender) {
  const auto send = [this](uint8_t type, uint8_t code) {
    Add(Eth().Ipv4(kServer, kClient).IpProtocol(1).Data({type, code, 0, 0}), 0);
  };
  send(3, 3);
  send(3, 4);
  send(3, 13);
  send(11, 0);
  send(8, 0);
  Add(Eth().Ipv6("fd00::1", "fd00::2").IpProtocol(58).Data({2, 0, 0, 0}), 0);
  Add(Eth().Ipv6("fd00::1", "fd00::2").IpProtocol(58).Data({1, 4, 0, 0}), 0);
  const IcmpCounts icmp = Health().icmp;
  const auto count = [&icmp](Unreachable reason, Site by) {
    return icmp
        .unreachable[static_cast<size_t>(reason)][static_cast<size_t>(by)];
  };
  EXPECT_EQ(count(Unreachable::kPort, Site::kRemote), 1U);
  EXPECT_EQ(count(Unreachable::kPort, Site::kLocal), 1U);
  EXPECT_EQ(count(Unreachable::kFragmentationNeeded, Site::kRemote), 1U);
  EXPECT_EQ(count(Unreachable::kFragmentationNeeded, Site::kLocal), 1U);
  EXPECT_EQ(count(Unreachable::kProhibited, Site::kRemote), 1U);
  EXPECT_EQ(icmp.time_exceeded[1], 1U);
}

TEST_F(ConversationWatchTest, AnAddressWithTwoHardwareAddressesIsAConflict) {
  const auto claim = [this](uint8_t last, uint8_t ip, int64_t time_ns) {
    Add(Eth().Type(0x0806).Data({0, 1, 8, 0,    6,   4,   0, 2,  2, 0,
                                 0, 0, 0, last, 192, 168, 0, ip, 0, 0,
                                 0, 0, 0, 0,    192, 168, 0, 1}),
        time_ns);
  };
  claim(1, 5, 0);
  claim(1, 5, kOneSecond);
  claim(2, 6, kOneSecond);
  EXPECT_EQ(Health().arp_conflicts, 0U);
  claim(2, 5, 30 * kOneSecond);
  const WireHealth health = Health();
  EXPECT_EQ(health.arp_conflicts, 1U);
  EXPECT_EQ(ToString(health.last_arp_conflict.address), "192.168.0.5");
  EXPECT_EQ(ToString(health.last_arp_conflict.first), "02:00:00:00:00:01");
  EXPECT_EQ(ToString(health.last_arp_conflict.second), "02:00:00:00:00:02");
  claim(1, 5, 200 * kOneSecond);  // a minute later it is a change
  EXPECT_EQ(Health().arp_conflicts, 1U);
}

}  // namespace
}  // namespace ntm
