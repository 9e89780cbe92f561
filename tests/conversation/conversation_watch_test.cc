#include "ntm/conversation/conversation_watch.h"

#include <gtest/gtest.h>

#include <string>

#include "conversation_watch_case.h"

namespace ntm::conversations {
namespace {

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
  // Those that were silent for two minutes give their places. A few find only
  // new ones where they look.
  for (uint16_t port = 3001; port <= 3064; ++port) Open(200 * kOneSecond, port);
  EXPECT_LE(Health().unwatched_segments, health.unwatched_segments + 6);
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

}  // namespace
}  // namespace ntm::conversations
