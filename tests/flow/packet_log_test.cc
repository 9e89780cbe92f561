#include "ntm/flow/packet_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <thread>
#include <vector>

#include "ntm/capture/pipeline.h"
#include "ntm/net/local_networks.h"
#include "ntm/net/services.h"
#include "packet_builder.h"

namespace ntm {
namespace {

Frame At(int64_t time_ns) {
  Frame frame;
  frame.time_ns = time_ns;
  frame.wire_bytes = 100;
  return frame;
}

std::vector<int64_t> Times(PacketLane* lane, size_t most = 1000) {
  std::vector<PacketRecord> records;
  lane->Take(most, &records);
  std::vector<int64_t> times;
  for (const PacketRecord& record : records) times.push_back(record.time_ns);
  return times;
}

TEST(PacketLaneTest, ReturnsRecordsInOrder) {
  PacketLane lane(4, 1);
  for (int round = 0; round < 5; ++round) {
    lane.Note(At(1), {}, kNoClass);
    lane.Note(At(2), {}, kNoClass);
    lane.Note(At(3), {}, kNoClass);
    EXPECT_THAT(Times(&lane, 2), testing::ElementsAre(1, 2));
    EXPECT_THAT(Times(&lane), testing::ElementsAre(3));
    EXPECT_THAT(Times(&lane), testing::IsEmpty());
  }
  EXPECT_EQ(lane.taken_in(), 15U);
  EXPECT_EQ(lane.dropped(), 0U);
}

TEST(PacketLaneTest, CountsDroppedPackets) {
  PacketLane lane(4, 1);
  for (int i = 0; i < 7; ++i) lane.Note(At(i), {}, kNoClass);
  EXPECT_EQ(lane.dropped(), 3U);
  EXPECT_THAT(Times(&lane), testing::ElementsAre(0, 1, 2, 3));
  lane.Note(At(8), {}, kNoClass);
  EXPECT_THAT(Times(&lane), testing::ElementsAre(8));
}

TEST(PacketLaneTest, TakesOneOfN) {
  PacketLane lane(64, 10);
  for (int i = 1; i <= 35; ++i) lane.Note(At(i), {}, kNoClass);
  EXPECT_THAT(Times(&lane), testing::ElementsAre(10, 20, 30));
}

TEST(PacketLaneTest, LosesNothingIfTheProducerWaits) {
  constexpr int64_t kPackets = 20'000;
  PacketLane lane(1024, 1);
  std::jthread feeder([&lane] {
    for (int64_t i = 0; i < kPackets; ++i) {
      if (i % 512 == 0) lane.WaitForRoom(512);
      lane.Note(At(i), {}, kNoClass);
    }
  });
  std::vector<PacketRecord> records;
  int64_t next = 0;
  while (next < kPackets) {
    records.clear();
    if (lane.Take(100, &records) == 0) std::this_thread::yield();
    for (const PacketRecord& record : records) {
      ASSERT_EQ(record.time_ns, next++);
    }
  }
  EXPECT_EQ(lane.dropped(), 0U);
}

TEST(PacketLaneTest, DroppedAndTakenAddUpIfTheProducerDoesNotWait) {
  constexpr uint64_t kPackets = 20'000;
  PacketLane lane(64, 1);
  std::jthread feeder([&lane] {
    for (uint64_t i = 0; i < kPackets; ++i) {
      lane.Note(At(static_cast<int64_t>(i)), {}, kNoClass);
    }
  });
  std::vector<PacketRecord> records;
  while (records.size() + lane.dropped() < kPackets) {
    if (lane.Take(100, &records) == 0) std::this_thread::yield();
  }
  EXPECT_EQ(records.size() + lane.dropped(), kPackets);
  for (size_t i = 1; i < records.size(); ++i) {
    ASSERT_LT(records[i - 1].time_ns, records[i].time_ns);
  }
}

TEST(PacketLogTest, GetsEveryFrameWithItsClass) {
  Pipeline pipeline(64, 0, std::make_shared<const Services>());
  Pipeline::Input input(&pipeline, 1);
  pipeline.SetLocalNetworks(
      std::make_shared<const LocalNetworks>(DefaultLocalNetworks()));
  auto log = std::make_shared<PacketLog>(1);
  pipeline.LogTo(log, nullptr);
  EXPECT_EQ(log->ClassName(log->Find("voice")), "voice");
  EXPECT_EQ(log->Find("nonsense"), kNoClass);

  const test::CapturedFrame captured = test::Eth()
                                           .Ipv4("10.0.0.1", "10.0.0.2")
                                           .Udp(40000, 5060)
                                           .Payload(10)
                                           .Build();
  Frame frame = captured.View();
  input.OnFrame(frame);
  frame.captured_bytes = 20;  // its addresses are cut off
  input.OnFrame(frame);

  std::vector<PacketRecord> records;
  log->lanes()[0]->Take(10, &records);
  ASSERT_EQ(records.size(), 2U);
  EXPECT_EQ(ToString(records[0].src), "10.0.0.1");
  EXPECT_EQ(records[0].dst_port, 5060);
  EXPECT_EQ(records[0].wire_bytes, captured.wire_bytes);
  EXPECT_EQ(log->ClassName(records[0].traffic_class), "voice");
  EXPECT_EQ(records[1].src.kind, AddressKind::kNone);
  EXPECT_EQ(log->ClassName(records[1].traffic_class), "");
}

}  // namespace
}  // namespace ntm
