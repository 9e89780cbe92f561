#include "ntm/conversation/wire_health.h"

#include <gtest/gtest.h>

#include <string>

#include "conversation_watch_case.h"

namespace ntm::conversations {
namespace {

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
}  // namespace ntm::conversations
