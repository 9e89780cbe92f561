#include "modules/history/recorder.h"

#include <gtest/gtest.h>

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

TEST(RecorderTest, ACounterThatStartsAnewIsNoLoss) {
  Recorder recorder;
  int64_t time_s = kStart;
  for (const uint64_t bytes : {1000, 1500, 1800, 200, 300}) {
    recorder.Take(Report(time_s++, bytes, 1));
  }
  EXPECT_EQ(ReceivedBytes(recorder, kEth0), 500U + 300 + 200 + 100);
}

TEST(RecorderTest, WhatPassedWhileNothingRanBelongsToTheFirstSample) {
  Recorder recorder;
  recorder.Resume(kEth0, {1000, 2000, kStart - 60}, {});
  recorder.Take(Report(kStart, 1700, 1));
  EXPECT_EQ(ReceivedBytes(recorder, kEth0), 700U);
}

TEST(RecorderTest, AnAnswerHasWhatIsBeingWrittenAndWhatCameSince) {
  Recorder recorder;
  recorder.KeepForWriting(true);
  recorder.Take(Report(kStart, 0, 1));
  recorder.Take(Report(kStart + 60, 0, 2));
  const Batches batches = recorder.BeginWrite();
  recorder.Take(Report(kStart + 120, 0, 3));
  ASSERT_EQ(batches.size(), 1U);
  EXPECT_EQ(recorder.Points(kEth0, kMinuteSeconds, 0, kEver).size(), 3U);
  recorder.EndWrite(batches);
  // The minute that ended since, and the open one.
  EXPECT_EQ(recorder.Points(kEth0, kMinuteSeconds, 0, kEver).size(), 2U);
}

TEST(RecorderTest, AWriteTakesTheOpenMinuteAlong) {
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

TEST(RecorderTest, AnInterfaceThatHasGoneLeavesItsLastBuckets) {
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

TEST(RecorderTest, EachUpdateOfAnAgentCountsOnce) {
  Recorder recorder;
  AgentReport report;
  report.agents.resize(1);
  AgentSample& agent = report.agents[0];
  agent.id = "web1";
  agent.last_update_ns = kStart * test::kNs;
  agent.receive_bytes = 100;
  agent.receive_bytes_per_second = 10;
  for (int i = 0; i < 5; ++i) recorder.Take(report);
  agent.last_update_ns += 60 * test::kNs;
  agent.receive_bytes = 400;
  agent.receive_bytes_per_second = 20;
  recorder.Take(report);
  const SourceKey web1{kAgentKind, "web1"};
  const Buckets points = recorder.Points(web1, kMinuteSeconds, 0, kEver);
  ASSERT_EQ(points.size(), 1U);  // the open one: nothing is written
  EXPECT_EQ(points[0].samples, 1);
  EXPECT_EQ(points[0].receive_bytes, 300U);
  EXPECT_EQ(recorder.Points(web1, kRawStepSeconds, 0, kEver).size(), 2U);
}

TEST(RecorderTest, WhatCannotBeWrittenIsBoundedAndCounted) {
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
