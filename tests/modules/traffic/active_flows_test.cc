#include "modules/traffic/active_flows.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <memory>
#include <string>

#include "modules/traffic/flow_classes.h"

namespace ntm::traffic {
namespace {

constexpr int64_t kSecondNs = 1'000'000'000;

Flow FlowOf(uint8_t host, ClassId id, uint64_t bytes) {
  const std::array<uint8_t, 4> here = {10, 0, 0, host};
  const std::array<uint8_t, 4> there = {10, 0, 1, 1};
  Flow flow;
  flow.key =
      FlowKey::Make(Address::Ipv4(here.data()), Address::Ipv4(there.data()),
                    kProtocolUdp, kNoService);
  flow.set_traffic_class(id);
  flow.bytes = bytes;
  flow.packets = bytes / 100 + 1;
  flow.last_seen_ns = kSecondNs;
  return flow;
}

Snapshot SnapshotOf(int second, std::vector<Flow> flows) {
  Snapshot snapshot;
  snapshot.time_ns = second * kSecondNs;
  snapshot.flows = std::move(flows);
  snapshot.services = std::make_shared<const Services>();
  snapshot.traffic_classes = std::make_shared<const TrafficClasses>();
  return snapshot;
}

QosReport Report() {
  QosReport report;
  ClassShare video;
  video.name = "video";
  video.priority = 3;
  video.allocated_bytes_per_second = 3'000'000;
  report.classes.push_back(video);
  return report;
}

TEST(FlowClassesTest, DividesTheAllocationInProportionToRates) {
  const Snapshot before = SnapshotOf(1, {});
  const Snapshot now =
      SnapshotOf(2, {FlowOf(1, kClassVideo, 2000), FlowOf(2, kClassVideo, 1000),
                     FlowOf(3, kClassFile, 5000)});
  const auto rates = FlowRates(now, &before);
  const QosReport report = Report();
  const FlowClasses classes(now, &report, rates);
  EXPECT_EQ(classes.Name(0), "video");
  EXPECT_EQ(classes.Priority(0), 3);
  EXPECT_DOUBLE_EQ(*classes.AllocatedBytesPerSecond(rates[0]), 2'000'000);
  EXPECT_DOUBLE_EQ(*classes.AllocatedBytesPerSecond(rates[1]), 1'000'000);
  EXPECT_EQ(classes.Name(2), "file");
  EXPECT_FALSE(classes.Priority(2).has_value());
  EXPECT_FALSE(classes.AllocatedBytesPerSecond(rates[2]).has_value());
}

TEST(FlowClassesTest, HandlesClassesWithoutRules) {
  const Snapshot now = SnapshotOf(2, {FlowOf(1, kClassVideo, 2000)});
  const auto rates = FlowRates(now, nullptr);
  const FlowClasses classes(now, nullptr, rates);
  EXPECT_EQ(classes.Name(0), "video");
  EXPECT_FALSE(classes.Priority(0).has_value());
  EXPECT_FALSE(classes.AllocatedBytesPerSecond(rates[0]).has_value());
}

TEST(FlowClassesTest, UsesTheClassLabelIfEnabled) {
  Snapshot now = SnapshotOf(2, {FlowOf(1, kClassVideo, 2000)});
  now.labels.labels.Add(FlowLabel::kClass);
  now.extras.resize(1);
  now.extras[0].traffic_class = kClassFile;
  EXPECT_EQ(FlowClasses(now, nullptr, FlowRates(now, nullptr)).Name(0), "file");
}

class ActiveFlowsTest : public testing::Test {
 protected:
  ActiveFlowsTest()
      : path_(testing::TempDir() + "flows" + std::to_string(getpid()) + ".db") {
    Remove();
    database_ = std::make_unique<Database>(path_, OpenMode::kWrite);
    for (const std::string& sql : flows_.Migrations()) database_->Execute(sql);
    flows_.Load(*database_);
  }
  ~ActiveFlowsTest() override {
    database_.reset();
    Remove();
  }

  void Remove() {
    for (const char* end : {"", "-wal", "-shm"}) {
      std::filesystem::remove(path_ + end);
    }
  }

  // The first column of the first row.
  std::string Ask(const std::string& what) {
    Statement rows(*database_, "SELECT " + what + " FROM active_flows");
    rows.Bind();
    return rows.Step() ? rows.Text(0) : "no row";
  }

  std::string path_;
  std::unique_ptr<Database> database_;
  ActiveFlows flows_;
};

TEST_F(ActiveFlowsTest, StoresCountersAndAllocationOfAFlow) {
  const Snapshot before = SnapshotOf(1, {FlowOf(1, kClassVideo, 1000)});
  const Snapshot now = SnapshotOf(2, {FlowOf(1, kClassVideo, 251'000)});
  const QosReport report = Report();
  flows_.Take(now, &before, &report);
  flows_.Save(*database_);
  EXPECT_EQ(Ask("sourceIp || ' ' || destinationIp || ' ' || protocol || ' ' || "
                "trafficType || ' ' || priority || ' ' || currentBandwidth || "
                "' ' || allocatedBandwidth || ' ' || byteCount"),
            "10.0.0.1 10.0.1.1 udp video 3 2.0 24.0 251000");
  EXPECT_EQ(Ask("startTime || ' ' || lastSeen"),
            "1970-01-01T00:00:02Z 1970-01-01T00:00:01Z");
  EXPECT_EQ(Ask("sourcePort IS NULL"), "1");
}

TEST_F(ActiveFlowsTest, LeavesOutIdleFlows) {
  const Snapshot before = SnapshotOf(
      1, {FlowOf(1, kClassVideo, 1000), FlowOf(2, kClassFile, 1000)});
  Snapshot now = before;
  now.time_ns = 2 * kSecondNs;
  now.flows[1].bytes += 1;
  flows_.Take(now, &before, nullptr);
  flows_.Save(*database_);
  flows_.Save(*database_);
  EXPECT_EQ(Ask("count(*)"), "1");
  EXPECT_EQ(Ask("sourceIp"), "10.0.0.2");
  EXPECT_EQ(Ask("priority IS NULL"), "1");
}

TEST_F(ActiveFlowsTest, KeepsTheBusiestOnly) {
  std::vector<Flow> flows;
  for (size_t i = 0; i < ActiveFlows::kMostRows + 50; ++i) {
    flows.push_back(FlowOf(static_cast<uint8_t>(i), kClassFile, 1000 + i));
  }
  const Snapshot before = SnapshotOf(1, {});
  flows_.Take(SnapshotOf(2, flows), &before, nullptr);
  flows_.Save(*database_);
  EXPECT_EQ(Ask("count(*)"), std::to_string(ActiveFlows::kMostRows));
  EXPECT_EQ(Ask("min(byteCount)"), "1050");
}

TEST_F(ActiveFlowsTest, RemembersWhenAFlowBegan) {
  Snapshot before = SnapshotOf(0, {});
  for (int second = 1; second <= ActiveFlows::kTicksBetween + 1; ++second) {
    Snapshot now = SnapshotOf(
        second, {FlowOf(1, kClassVideo, static_cast<uint64_t>(second) * 1000)});
    flows_.Take(now, &before, nullptr);
    before = now;
  }
  flows_.Save(*database_);
  EXPECT_EQ(Ask("startTime"), "1970-01-01T00:00:01Z");
  EXPECT_EQ(Ask("byteCount"),
            std::to_string((ActiveFlows::kTicksBetween + 1) * 1000));
}

}  // namespace
}  // namespace ntm::traffic
