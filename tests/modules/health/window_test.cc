#include "modules/health/window.h"

#include <gtest/gtest.h>

#include <memory>

namespace ntm::health {
namespace {

constexpr int64_t kTickNs = 1'000'000'000;
constexpr int64_t kAnswerNs = 40'000'000;

class WindowTest : public testing::Test {
 protected:
  WindowTest() {
    snapshot_.services = std::make_shared<const Services>();
    snapshot_.health.tcp.resize(1);
    snapshot_.health.dns.resize(1);
    snapshot_.time_ns = kTickNs;
  }

  TcpCounts& tcp() { return snapshot_.health.tcp[0]; }
  DnsCounts& dns() { return snapshot_.health.dns[0]; }

  // `seconds` in which each second has so many segments of downloads, of which
  // some are sent again, and one connection.
  void Pass(int seconds, uint64_t segments, uint64_t again) {
    for (int i = 0; i < seconds; ++i) {
      tcp().segments[1] += segments;
      tcp().retransmitted_segments[1] += again;
      tcp().handshakes[1].Observe(kAnswerNs);
      ++tcp().connections[0];
      snapshot_.time_ns += kTickNs;
      window_.Add(SumsOf(snapshot_));
    }
  }

  Snapshot snapshot_;
  Window window_;
};

TEST_F(WindowTest, TheLastMinuteIsTold) {
  Pass(600, 100, 20);
  Pass(75, 100, 1);
  const HealthReport report = window_.Report();
  EXPECT_GE(report.seconds, 60);
  EXPECT_LE(report.seconds, 70);
  EXPECT_DOUBLE_EQ(*report.down.Ratio(), 0.01);
  EXPECT_FALSE(report.up.Ratio());
  EXPECT_NEAR(report.remote.median_seconds, 0.04, 0.0009);
  EXPECT_EQ(report.connections, report.remote.count);
  EXPECT_TRUE(report.is_well);
  ASSERT_EQ(report.findings.size(), 1U);
}

TEST_F(WindowTest, WhatIsWrongIsASentence) {
  Pass(70, 100, 4);
  const HealthReport report = window_.Report();
  EXPECT_FALSE(report.is_well);
  ASSERT_EQ(report.findings.size(), 1U);
  EXPECT_EQ(report.findings[0],
            "Downloads are retransmitted 4.0 % of the time: packets from the "
            "internet are lost on the way to the local hosts.");
}

TEST_F(WindowTest, FailuresAreToldBeforeWhatIsSlow) {
  Pass(1, 0, 0);
  for (int i = 0; i < 20; ++i) dns().responses_after.Observe(9 * kAnswerNs);
  dns().responses[2] += 20;
  dns().unanswered += 5;
  tcp().connections[1] += 30;
  Pass(1, 0, 0);
  const HealthReport report = window_.Report();
  ASSERT_EQ(report.findings.size(), 3U);
  EXPECT_TRUE(report.findings[0].starts_with("25 of 25 questions"));
  EXPECT_TRUE(report.findings[1].starts_with("30 of 31 attempts"));
  EXPECT_TRUE(report.findings[2].starts_with("Name servers are slow"));
  EXPECT_EQ(report.dns_questions, 25U);
}

TEST_F(WindowTest, TheHourHasAMinuteEach) {
  Pass(90 * 60, 100, 1);
  const HealthReport report = window_.Report();
  ASSERT_EQ(report.hour.size(), 60U);
  EXPECT_EQ(report.hour[1].time_ns - report.hour[0].time_ns, 60 * kTickNs);
  EXPECT_DOUBLE_EQ(*report.hour.back().down_ratio, 0.01);
  EXPECT_FALSE(report.hour.back().dns_seconds);
}

TEST_F(WindowTest, AClockSetBackBeginsAnew) {
  Pass(100, 100, 50);
  snapshot_.time_ns -= 3600 * kTickNs;
  Pass(2, 100, 0);
  const HealthReport report = window_.Report();
  EXPECT_LT(report.seconds, 5);
  EXPECT_DOUBLE_EQ(*report.down.Ratio(), 0);
}

TEST_F(WindowTest, OnlyServicesThatSufferAreListed) {
  Pass(10, 100, 0);
  EXPECT_TRUE(window_.Report().services.empty());
  Pass(10, 100, 1);
  ASSERT_EQ(window_.Report().services.size(), 1U);
}

}  // namespace
}  // namespace ntm::health
