#include "modules/health/five_minutes.h"

#include <gtest/gtest.h>

#include "past_fixture.h"

namespace ntm::health {
namespace {

class FiveMinutesTest : public testing::Test {
 protected:
  FiveMinutesTest() {
    network_.snapshot.health.dns[0].server = *ParseAddress("192.0.2.53");
  }

  SteadyHealth Pass(int64_t from, int64_t to) {
    SteadyHealth health;
    for (int64_t second = from; second < to; ++second) {
      network_.Pass(test::kWholeHour + second);
      health = window_.Add(network_.snapshot, SumsOf(network_.snapshot));
    }
    return health;
  }

  test::Network network_;
  FiveMinutes window_;
};

TEST_F(FiveMinutesTest, WhatIsOlderDoesNotCount) {
  network_.snapshot.health.tcp[0].retransmitted_segments[1] = 1'000'000;
  const SteadyHealth health = Pass(0, 1000);
  EXPECT_GE(health.seconds, 300);
  EXPECT_LE(health.seconds, 330);
  EXPECT_EQ(static_cast<double>(health.down.segments), 10 * health.seconds);
  EXPECT_EQ(static_cast<double>(health.down.retransmitted), health.seconds);
  EXPECT_EQ(health.up.segments, 0U);
  ASSERT_EQ(health.name_servers.size(), 1U);
  EXPECT_EQ(health.name_servers[0].server, "192.0.2.53");
  EXPECT_EQ(static_cast<double>(health.name_servers[0].questions),
            health.seconds);
  EXPECT_EQ(health.name_servers[0].failed, health.name_servers[0].questions);
  EXPECT_NEAR(health.name_servers[0].times.median_seconds, 0.04, 0.00088);
  EXPECT_EQ(health.address_conflict, "");
}

TEST_F(FiveMinutesTest, QuestionsWithoutAnAnswerHaveFailed) {
  Pass(0, 10);
  DnsCounts& dns = network_.snapshot.health.dns[0];
  dns.unanswered += 4;
  dns.responses[0] += 5;
  dns.responses[3] += 6;  // no such name: the server works
  const SteadyHealth health = Pass(10, 11);
  EXPECT_EQ(health.name_servers[0].questions, 10U + 15U);
  EXPECT_EQ(health.name_servers[0].failed, 10U + 4U);
}

TEST_F(FiveMinutesTest, AConflictIsToldForTenMinutes) {
  Pass(0, 10);
  constexpr uint8_t kFirst[] = {2, 0, 0, 0, 0, 1};
  constexpr uint8_t kSecond[] = {2, 0, 0, 0, 0, 2};
  WireHealth& health = network_.snapshot.health;
  health.arp_conflicts = 1;
  health.last_arp_conflict = {*ParseAddress("10.0.0.7"), Address::Mac(kFirst),
                              Address::Mac(kSecond),
                              (test::kWholeHour + 10) * kNsPerSecond};
  EXPECT_EQ(Pass(10, 609).address_conflict,
            "10.0.0.7: 02:00:00:00:00:01 and 02:00:00:00:00:02");
  EXPECT_EQ(Pass(609, 611).address_conflict, "");
}

TEST_F(FiveMinutesTest, AClockSetBackBeginsAnew) {
  Pass(0, 500);
  const SteadyHealth health = Pass(-86400, -86390);
  EXPECT_EQ(health.seconds, 9);
  EXPECT_EQ(health.down.segments, 90U);
}

}  // namespace
}  // namespace ntm::health
