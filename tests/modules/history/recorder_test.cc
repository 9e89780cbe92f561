#include "modules/history/recorder.h"

#include <gtest/gtest.h>

#include <utility>

#include "history_fixture.h"

namespace ntm::history {
namespace {

using test::kEth0;
using test::kStart;
using test::Report;

constexpr int64_t kEver = 4'000'000'000;

uint64_t ReceivedBytes(const Recorder& recorder, const SourceKey& source) {
  uint64_t bytes = 0;
  for (const Bucket& b : recorder.Points(source, kMinuteSeconds, 0, kEver)) {
    bytes += b.receive_bytes;
  }
  return bytes;
}

TEST(RecorderTest, KeepsTheNewest100PointsInMemory) {
  Recorder recorder;
  for (int64_t i = 0; i < 150; ++i) {
    recorder.Take(Report(kStart + i * kRawStepSeconds, 0, 1));
  }
  const Buckets recent = recorder.Points(kEth0, kRawStepSeconds, 0, kEver);
  ASSERT_EQ(recent.size(), 100U);
  EXPECT_EQ(recent.back().begin_s, kStart + 149 * kRawStepSeconds);
  EXPECT_EQ(recent.front().begin_s, kStart + 50 * kRawStepSeconds);
  EXPECT_EQ(recorder.pending_rows(), 0U);
}

TEST(RecorderTest, ACounterResetLosesNothing) {
  Recorder recorder;
  int64_t time_s = kStart;
  for (const uint64_t bytes : {1000, 1500, 1800, 200, 300}) {
    recorder.Take(Report(time_s++, bytes, 1));
  }
  EXPECT_EQ(ReceivedBytes(recorder, kEth0), 500U + 300 + 200 + 100);
}

TEST(RecorderTest, TrafficWhileNotRunningBelongsToTheFirstSample) {
  Recorder recorder;
  recorder.Resume(kEth0, {1000, 2000, kStart - 60}, {});
  recorder.Take(Report(kStart, 1700, 1));
  EXPECT_EQ(ReceivedBytes(recorder, kEth0), 700U);
}

const SourceKey kWhole{kInterfaceKind, kTotalInterface};

// The LAN interface of a router: transmit is to local hosts.
TEST(RecorderTest, TheTotalIsSiteTrafficNotTheSumOfInterfaces) {
  Recorder recorder;
  recorder.Resume(kEth0, {1000, 2000, kStart - 60}, {});
  for (const uint64_t bytes : {1700, 1800}) {
    InterfaceReport report = Report(kStart, bytes, 1);
    report.interfaces.push_back(test::Interface("eth1", 9 * bytes, 9));
    SiteInterface& lan = report.site.interfaces[0];
    lan.sense = SiteSense::kTransmitIsDown;
    std::swap(lan.down_bytes, lan.up_bytes);
    recorder.Take(report);
  }
  uint64_t down = 0;
  uint64_t up = 0;
  for (const Bucket& b : recorder.Points(kWhole, kMinuteSeconds, 0, kEver)) {
    down += b.receive_bytes;
    up += b.transmit_bytes;
  }
  // Includes traffic between the two runs, since the counters continued.
  EXPECT_EQ(down, 2 * 1800U - 2000);
  EXPECT_EQ(up, 1800U - 1000);
}

TEST(RecorderTest, AnAnswerIncludesRowsBeingWrittenAndNewerOnes) {
  Recorder recorder;
  recorder.KeepForWriting(true);
  recorder.Take(Report(kStart, 0, 1));
  recorder.Take(Report(kStart + 60, 0, 2));
  const Batches batches = recorder.BeginWrite();
  recorder.Take(Report(kStart + 120, 0, 3));
  ASSERT_EQ(batches.size(), 1U);
  EXPECT_EQ(recorder.Points(kEth0, kMinuteSeconds, 0, kEver).size(), 3U);
  recorder.EndWrite(batches);
  // The minute that has ended since then, and the open one.
  EXPECT_EQ(recorder.Points(kEth0, kMinuteSeconds, 0, kEver).size(), 2U);
}

TEST(RecorderTest, AWriteIncludesTheOpenMinute) {
  Recorder recorder;
  recorder.KeepForWriting(true);
  recorder.Take(Report(kStart + 30, 0, 2));
  const Batches batches = recorder.BeginWrite();
  ASSERT_EQ(batches.size(), 1U);
  int minutes = 0;
  for (const SourcePoint& point : batches[0]->points) {
    EXPECT_EQ(point.point.step_seconds, kMinuteSeconds);
    ++minutes;
  }
  EXPECT_EQ(minutes, 2);  // eth0 and the sum
}

TEST(RecorderTest, ARemovedInterfaceKeepsItsLastBuckets) {
  Recorder recorder;
  recorder.KeepForWriting(true);
  recorder.Take(Report(kStart, 0, 2));
  InterfaceReport without = Report(kStart, 0, 2);
  without.interfaces.clear();
  for (int64_t i = 1; i < 4; ++i) {
    without.time_ns = (kStart + i * 100) * test::kNs;
    recorder.Take(without);
  }
  size_t of_eth0 = 0;
  for (const SourcePoint& point : recorder.BeginWrite()[0]->points) {
    of_eth0 += point.source == kEth0 ? 1 : 0;
  }
  EXPECT_EQ(of_eth0, kTiers.size());
  without.time_ns = (kStart + 2 * 3600) * test::kNs;
  recorder.Take(without);
  EXPECT_FALSE(recorder.Knows(kEth0));
}

AgentSample Update(int64_t time_s, uint64_t receive_bytes, double rate) {
  AgentSample update;
  update.id = "web1";
  update.last_update_ns = time_s * test::kNs;
  update.receive_bytes = receive_bytes;
  update.receive_bytes_per_second = rate;
  return update;
}

const SourceKey kWeb1{kAgentKind, "web1"};

TEST(RecorderTest, EachUpdateOfAnAgentCountsOnce) {
  Recorder recorder;
  AgentReport report;
  report.time_ns = kStart * test::kNs;
  report.updates = {Update(kStart, 100, 10)};
  recorder.Take(report);
  report.agents = report.updates;  // unchanged since then
  report.updates.clear();
  for (int i = 0; i < 5; ++i) recorder.Take(report);
  report.updates = {Update(kStart + 60, 400, 20)};
  recorder.Take(report);
  const Buckets points = recorder.Points(kWeb1, kMinuteSeconds, 0, kEver);
  ASSERT_EQ(points.size(), 1U);  // the open bucket; nothing is written
  EXPECT_EQ(points[0].samples, 1);
  EXPECT_EQ(points[0].receive_bytes, 300U);
  EXPECT_EQ(recorder.Points(kWeb1, kRawStepSeconds, 0, kEver).size(), 2U);
}

TEST(RecorderTest, AnAgentThatWasForgottenAddsNoPastTraffic) {
  Recorder recorder;
  AgentReport report;
  uint64_t bytes = 0;
  for (const uint64_t total : {9'000U, 4'000U, 4'100U}) {
    report.time_ns += 60 * test::kNs;
    report.updates = {Update(kStart, total, 10)};
    recorder.Take(report);
    bytes = recorder.Points(kWeb1, kMinuteSeconds, 0, kEver)[0].receive_bytes;
  }
  EXPECT_EQ(bytes, 100U);
}

TEST(RecorderTest, LateUpdatesKeepTheirOwnTimes) {
  Recorder recorder;
  recorder.KeepForWriting(true);
  AgentReport report;
  report.time_ns = kStart * test::kNs;
  report.updates = {Update(kStart, 1'000, 10)};
  recorder.Take(report);
  // Nothing for three hours, then everything, one minute per tick.
  for (int64_t minute = 1; minute <= 180; ++minute) {
    report.time_ns = (kStart + 3 * 3600 + 61 * minute) * test::kNs;
    report.updates.clear();
    for (int64_t second = 0; second < 60; second += 5) {
      const int64_t passed_s = (minute - 1) * 60 + second + 5;
      report.updates.push_back(Update(
          kStart + passed_s, static_cast<uint64_t>(1'000 + 20 * passed_s), 20));
    }
    recorder.Take(report);
  }
  const Buckets points = recorder.Points(kWeb1, kMinuteSeconds, 0, kEver);
  ASSERT_EQ(points.size(), 181U);
  uint64_t bytes = 0;
  for (size_t i = 0; i < points.size(); ++i) {
    EXPECT_EQ(points[i].begin_s, kStart + static_cast<int64_t>(i) * 60);
    bytes += points[i].receive_bytes;
  }
  EXPECT_EQ(bytes, 20U * 3 * 3600);
}

TEST(RecorderTest, TheSumGrowsLikeItsInterfaces) {
  const SourceKey sum{kInterfaceKind, kTotalInterface};
  Recorder recorder;
  // An earlier run had another interface, which no longer exists.
  recorder.Resume(kEth0, {1'000, 2'000, kStart - 60}, {});
  recorder.Resume(sum, {9'000, 9'000, kStart - 60}, {});
  recorder.Take(Report(kStart, 1'700, 1));
  EXPECT_EQ(ReceivedBytes(recorder, sum), 700U);
}

TEST(RecorderTest, UnwrittenRowsAreBoundedAndCounted) {
  Recorder recorder;
  recorder.KeepForWriting(true);
  InterfaceCycle cycle = test::Cycle(kStart, 0, 1);
  cycle.rows.resize(1000, cycle.rows[0]);
  for (int i = 0; i < 250; ++i) {
    recorder.Take(cycle);
    if (i % 10 == 0) recorder.BeginWrite();
  }
  EXPECT_LE(recorder.pending_rows(), kMaxPendingRows);
  EXPECT_EQ(recorder.pending_rows() + recorder.dropped_rows(), 250'000U);
  EXPECT_GT(recorder.dropped_rows(), 0U);
}

}  // namespace
}  // namespace ntm::history
