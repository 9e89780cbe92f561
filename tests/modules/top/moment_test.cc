#include "modules/top/moment.h"

#include <gtest/gtest.h>

#include <string>

namespace ntm::top {
namespace {

constexpr char kAnswer[] = R"({
  "summary": {"version": "0.1.0", "interval_seconds": 2.0},
  "traffic-update": {
    "timestamp": "2026-01-31T09:00:01Z",
    "stats": {"active_flows": 2, "total_flows": 5, "coverage_ratio": 0.5},
    "total": {"down_bytes_per_second": 2000.5, "up_bytes_per_second": null,
              "down_bytes_total": 9000, "up_bytes_total": 100},
    "captures": [
      {"interface": "eth0", "up": true, "down_reason": ""},
      {"interface": "ppp0", "up": false, "down_reason": "it is down"}],
    "active_flows": [
      {"src": "10.0.0.2", "dst": "192.0.2.1", "proto": "tcp",
       "service": "https", "class": "file", "bytes_per_second": 7.5,
       "bytes_total": 70},
      {"src": "fd00::2", "dst": "224.0.0.251", "dst_group": "mDNS",
       "proto": "udp", "service": "", "bytes_per_second": null,
       "bytes_total": 1}],
    "local_hosts": [
      {"name": "10.0.0.2", "host_name": "tv\u001b[2J",
       "addresses": ["10.0.0.2", "fd00::2"], "up_bytes_per_second": 3,
       "down_bytes_per_second": 4, "up_bytes_total": 5,
       "down_bytes_total": 6}],
    "remote_hosts": [{"name": "192.0.2.1"}],
    "services": [{"name": "https", "up_bytes_total": 8}],
    "health": {
      "well": false, "findings": ["It is\u001b slow.", 3],
      "internet": {"count": 12, "median_seconds": 0.02, "p95_seconds": 0.2},
      "local": {"count": 0, "median_seconds": 0, "p95_seconds": 0},
      "down": {"segments": 1000, "retransmitted_segments": 30},
      "up": null,
      "connections": {"count": 9, "refused": 1, "unanswered": 2},
      "dns": {"questions": 10, "failures": 1, "unanswered": 4,
              "median_seconds": 0.5, "p95_seconds": 0.6},
      "services": [{"service": "https", "segments": 50,
                    "retransmitted_segments": 5, "connections": 7,
                    "failed_connections": 6}, 4],
      "hour": []}}})";

TEST(MomentTest, ReadsWhatTheLivePageGets) {
  const Moment moment = ReadLive(kAnswer, Charset::kUtf8);
  EXPECT_TRUE(moment.is_live);
  EXPECT_EQ(moment.version, "0.1.0");
  EXPECT_EQ(moment.interval_seconds, 2);
  EXPECT_EQ(moment.timestamp, "2026-01-31T09:00:01Z");
  EXPECT_EQ(moment.active_flows, 2U);
  EXPECT_EQ(moment.total_flows, 5U);
  EXPECT_EQ(moment.coverage_ratio, 0.5);
  EXPECT_EQ(moment.down_bytes_per_second, 2000.5);
  EXPECT_EQ(moment.up_bytes_per_second, std::nullopt);
  EXPECT_EQ(moment.down_bytes, 9000);
  EXPECT_EQ(moment.interfaces, "eth0, ppp0");
  EXPECT_EQ(moment.fault, "nothing can be captured on ppp0: it is down");
  ASSERT_EQ(moment.hosts.size(), 2U);
  EXPECT_TRUE(moment.hosts[0].is_local);
  EXPECT_EQ(moment.hosts[0].host.name, "tv?[2J");
  EXPECT_EQ(moment.hosts[0].up_bytes_per_second, 3);
  EXPECT_FALSE(moment.hosts[1].is_local);
  ASSERT_EQ(moment.services.size(), 1U);
  EXPECT_EQ(moment.services[0].up_bytes, 8);
}

TEST(MomentTest, EndsOfConversationsGetTheNamesOfTheHosts) {
  Moment moment = ReadLive(kAnswer, Charset::kUtf8);
  NameEnds(&moment);
  ASSERT_EQ(moment.conversations.size(), 2U);
  EXPECT_EQ(moment.conversations[0].src.name, "tv?[2J");
  EXPECT_EQ(moment.conversations[0].dst.name, "");
  EXPECT_EQ(moment.conversations[1].src.name, "tv?[2J");
  EXPECT_EQ(moment.conversations[1].dst.name, "mDNS");
}

TEST(MomentTest, ReadsTheHealth) {
  const Moment moment = ReadLive(kAnswer, Charset::kUtf8);
  ASSERT_TRUE(moment.health.has_value());
  const Health& health = *moment.health;
  EXPECT_FALSE(health.is_well);
  EXPECT_EQ(health.findings, std::vector<std::string>{"It is? slow."});
  EXPECT_EQ(health.internet.count, 12);
  EXPECT_EQ(health.internet.p95_seconds, 0.2);
  // 0 without answers.
  EXPECT_FALSE(health.local.median_seconds);
  EXPECT_EQ(health.dns.count, 6);
  EXPECT_EQ(health.dns.median_seconds, 0.5);
  EXPECT_EQ(health.failed_questions, 5);
  EXPECT_EQ(health.down.retransmitted, 30);
  EXPECT_EQ(health.up.segments, 0);
  EXPECT_EQ(health.connections, 9);
  EXPECT_EQ(health.failed_connections, 3);
  ASSERT_EQ(health.services.size(), 2U);
  EXPECT_EQ(health.services[0].name, "https");
  EXPECT_EQ(health.services[0].sent.retransmitted, 5);
  EXPECT_EQ(health.services[0].failed_connections, 6);
}

TEST(MomentTest, AnythingElseIsAnEmptyMoment) {
  for (const char* text :
       {"", "no JSON", "[]", "null", R"({"traffic-update": 3})",
        R"({"traffic-update": null, "summary": []})"}) {
    const Moment moment = ReadLive(text, Charset::kUtf8);
    EXPECT_FALSE(moment.is_live) << text;
    EXPECT_FALSE(moment.health.has_value());
    EXPECT_EQ(moment.down_bytes_per_second, std::nullopt);
  }
  const Moment wrong = ReadLive(
      R"({"traffic-update": {"timestamp": 3, "total": "x", "stats": [1],
          "captures": {"a": 1}, "local_hosts": [1, null, {"name": 7}],
          "active_flows": [[]], "services": "", "health": 1}})",
      Charset::kUtf8);
  EXPECT_TRUE(wrong.is_live);
  EXPECT_EQ(wrong.timestamp, "");
  EXPECT_EQ(wrong.hosts.size(), 3U);
  EXPECT_EQ(wrong.hosts[2].host.address, "");
  EXPECT_FALSE(wrong.health.has_value());
}

TEST(MomentTest, FlowsAreNothingWhereTheAnswerHasNone) {
  EXPECT_FALSE(ReadFlows("{}", Charset::kUtf8).has_value());
  const auto flows =
      ReadFlows(R"({"flows": [{"src": "10.0.0.1", "bytes_per_second": 3}]})",
                Charset::kUtf8);
  ASSERT_TRUE(flows.has_value());
  ASSERT_EQ(flows->size(), 1U);
  EXPECT_EQ(flows->front().src.address, "10.0.0.1");
  EXPECT_EQ(flows->front().bytes_per_second, 3);
  EXPECT_EQ(ReadFault(R"({"error": "no\nt yet"})", Charset::kUtf8), "no?t yet");
}

}  // namespace
}  // namespace ntm::top
