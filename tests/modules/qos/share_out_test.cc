#include "modules/qos/share_out.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace ntm::qos {
namespace {

constexpr int64_t kSecondNs = 1'000'000'000;

Packet PacketOf(uint32_t bytes) {
  Packet packet;
  packet.bytes = bytes;
  return packet;
}

// A meter with `bytes` of video in each second.
ClassMeter MeterOf(int seconds, uint32_t bytes,
                   Direction direction = Direction::kOut) {
  ClassMeter meter;
  ClassCounts counts;
  for (int second = 0; second <= seconds; ++second) {
    meter.Add(counts, second * kSecondNs);
    counts.Add(PacketOf(bytes), kClassVideo, direction);
  }
  return meter;
}

const ClassShare& ShareOf(const QosReport& report, const char* name) {
  return *std::ranges::find(report.classes, name, &ClassShare::name);
}

TEST(ClassMeterTest, MeasuresTheLastTickAndTheLastMinute) {
  ClassMeter meter;
  ClassCounts counts;
  for (int second = 0; second < 200; ++second) {
    counts.Add(PacketOf(second < 170 ? 1000 : 3000), kClassVideo,
               Direction::kOut);
    meter.Add(counts, second * kSecondNs);
  }
  EXPECT_DOUBLE_EQ(meter.LastTick(kClassVideo), 3000);
  EXPECT_DOUBLE_EQ(meter.LastMinute(kClassVideo), 2000);
  EXPECT_DOUBLE_EQ(meter.LastTick(kClassVoice), 0);
}

TEST(ClassMeterTest, LeavesOutInboundTraffic) {
  EXPECT_DOUBLE_EQ(MeterOf(2, 100, Direction::kIn).LastTick(kClassVideo), 0);
  EXPECT_DOUBLE_EQ(MeterOf(2, 100, Direction::kLocal).LastTick(kClassVideo),
                   100);
}

TEST(ClassMeterTest, StartsAgainIfCountersDecrease) {
  ClassMeter meter = MeterOf(5, 1000);
  meter.Add(ClassCounts(), 10 * kSecondNs);
  EXPECT_DOUBLE_EQ(meter.LastTick(kClassVideo), 0);
  EXPECT_DOUBLE_EQ(meter.LastMinute(kClassVideo), 0);
}

TEST(ShareOutTest, AllocatesByTheDemandOfTheLastMinute) {
  const QosReport report =
      ShareOut({"eth0", 12.5e6}, DefaultRules(), TrafficClasses(),
               MeterOf(10, 1'000'000), nullptr, 7);
  const ClassShare& video = ShareOf(report, "video");
  EXPECT_EQ(report.interface, "eth0");
  EXPECT_EQ(report.time_ns, 7);
  EXPECT_DOUBLE_EQ(video.demand_bytes_per_second, 1e6);
  EXPECT_DOUBLE_EQ(video.used_bytes_per_second, 1e6);
  EXPECT_DOUBLE_EQ(video.allocated_bytes_per_second, 1.2e6);
  EXPECT_DOUBLE_EQ(video.max_bytes_per_second, 6.25e6);
  EXPECT_EQ(video.priority, 3);
  EXPECT_EQ(video.dscp, 46);
}

TEST(ShareOutTest, UsesTheNearestForecastOfTransmitTraffic) {
  ForecastReport forecast;
  const auto add = [&](const char* interface, const char* direction,
                       int64_t horizon, double value,
                       const char* model = "naive") {
    BandwidthForecast made;
    made.interface = interface;
    made.direction = direction;
    made.traffic_class = "video";
    made.horizon_seconds = horizon;
    made.bytes_per_second = value / 2;
    made.required_bytes_per_second = value;
    made.model = model;
    forecast.forecasts.push_back(made);
  };
  add("eth0", "transmit", 3600, 1);
  add("eth0", "transmit", 60, 2'000'000);
  add("eth0", "receive", 10, 3);
  add("eth1", "transmit", 10, 4);
  add("eth0", "transmit", 5, 5, "rule_based");
  const QosReport report =
      ShareOut({"eth0", 12.5e6}, DefaultRules(), TrafficClasses(),
               MeterOf(10, 1'000'000), &forecast, 0);
  EXPECT_DOUBLE_EQ(ShareOf(report, "video").demand_bytes_per_second, 2e6);
  EXPECT_DOUBLE_EQ(ShareOf(report, "voice").demand_bytes_per_second, 0);
}

TEST(ShareOutTest, ListsByPriorityAndName) {
  const QosReport report = ShareOut({"eth0", 1}, DefaultRules(),
                                    TrafficClasses(), ClassMeter(), nullptr, 0);
  std::vector<std::string> names;
  for (const ClassShare& share : report.classes) names.push_back(share.name);
  EXPECT_EQ(names, (std::vector<std::string>{"video", "voice", "file",
                                             "background", "other"}));
  EXPECT_EQ(ShareOf(report, "other").max_bytes_per_second, 1);
}

}  // namespace
}  // namespace ntm::qos
