#include "ntm/flow/class_counts.h"

#include <gtest/gtest.h>

#include <memory>
#include <vector>

#include "ntm/capture/pipeline.h"
#include "packet_builder.h"

namespace ntm {
namespace {

using test::Eth;

const char* const kLocal = "192.168.0.10";
const char* const kThere = "93.184.216.34";

class ClassCountsTest : public testing::Test {
 protected:
  explicit ClassCountsTest(size_t max_series = 1000)
      : pipeline_(max_series, 1, std::make_shared<const Services>()),
        input_(&pipeline_, 1) {}

  void Add(const test::PacketBuilder& packet, int64_t time_ns = 1) {
    test::CapturedFrame frame = packet.Build();
    frame.time_ns = time_ns;
    input_.OnFrame(frame.View());
  }

  uint64_t PacketsOf(ClassId id, Direction direction) const {
    return input_.counts()
        .classes.classes[id][static_cast<size_t>(direction)]
        .packets;
  }

  ClassCounts::Count Sum() const {
    ClassCounts::Count sum;
    for (size_t id = 0; id < kMaxClasses; ++id) {
      const auto count = input_.counts().classes.At(static_cast<ClassId>(id));
      sum.bytes += count.bytes;
      sum.packets += count.packets;
    }
    return sum;
  }

  Pipeline pipeline_;
  Pipeline::Input input_;
};

TEST_F(ClassCountsTest, CountsClassAndDirection) {
  Add(Eth().Ipv4(kLocal, kThere).Udp(40000, 5004));
  Add(Eth().Ipv4(kThere, kLocal).Udp(5004, 40000));
  Add(Eth().Ipv4(kLocal, "192.168.0.1").Udp(40000, 53));
  Add(Eth().Ipv4(kThere, "8.8.8.8").Udp(40000, 5060));
  EXPECT_EQ(PacketsOf(kClassVideo, Direction::kOut), 1U);
  EXPECT_EQ(PacketsOf(kClassVideo, Direction::kIn), 1U);
  EXPECT_EQ(PacketsOf(kClassBackground, Direction::kLocal), 1U);
  EXPECT_EQ(PacketsOf(kClassVoice, Direction::kTransit), 1U);
  EXPECT_EQ(Sum().packets, 4U);
}

TEST_F(ClassCountsTest, CountsALaterFragmentInTheClassOfItsFirst) {
  Add(Eth()
          .Ipv4(kLocal, kThere)
          .Fragment(0, true, 7)
          .Udp(40000, 5004)
          .Payload(1000));
  Add(Eth()
          .Ipv4(kLocal, kThere)
          .Fragment(1008, false, 7)
          .IpProtocol(17)
          .Payload(60));
  EXPECT_EQ(PacketsOf(kClassVideo, Direction::kOut), 2U);
}

TEST_F(ClassCountsTest, CountsNonIpPacketsAsOther) {
  Add(Eth().Arp(kLocal, "192.168.0.1"));
  EXPECT_EQ(PacketsOf(kClassOther, Direction::kLocal), 1U);
  EXPECT_EQ(input_.counts().classes.dscp_bytes[kDscpCount],
            input_.counts().bytes);
}

TEST_F(ClassCountsTest, NotesTheClassOfAFlow) {
  Add(Eth().Ipv4(kLocal, kThere).Udp(40000, 5004));
  Add(Eth().Ipv4(kLocal, "10.0.0.1").Tcp(40000, 22));
  Snapshot snapshot;
  pipeline_.CopyTo(&snapshot);
  ASSERT_EQ(snapshot.flows.size(), 2U);
  EXPECT_EQ(snapshot.flows[0].traffic_class(), kClassVideo);
  EXPECT_EQ(snapshot.flows[1].traffic_class(), kClassFile);
}

TEST_F(ClassCountsTest, KeepsOneFlowWhenTheClassChanges) {
  Add(Eth().Ipv4(kLocal, kThere).Udp(40000, 5004));
  Add(Eth().Ipv4(kLocal, kThere).Udp(40000, 5060));
  Snapshot snapshot;
  pipeline_.CopyTo(&snapshot);
  ASSERT_EQ(snapshot.flows.size(), 1U);
  EXPECT_EQ(snapshot.flows[0].packets, 2U);
  EXPECT_EQ(snapshot.flows[0].traffic_class(), kClassVoice);
}

// The classes keep the bytes of flows that are evicted or merged into other.
class SmallTableTest : public ClassCountsTest {
 protected:
  SmallTableTest() : ClassCountsTest(FlowTable::kMinCapacity) {}
};

TEST_F(SmallTableTest, SumsUpToTheCapture) {
  for (int i = 0; i < 2000; ++i) {
    const std::string host =
        "10.0." + std::to_string(i / 200) + "." + std::to_string(i % 200 + 1);
    const auto port = static_cast<uint16_t>(5000 + i % 100);
    Add(Eth()
            .Ipv4(host, kThere)
            .Udp(40000, port)
            .Payload(static_cast<size_t>(i) % 1400),
        int64_t{i} * 1'000'000'000);
    if (i % 100 == 0) pipeline_.EvictIdle(int64_t{i - 50} * 1'000'000'000);
  }
  Snapshot snapshot;
  pipeline_.CopyTo(&snapshot);
  EXPECT_GT(snapshot.evicted_bytes, 0U);
  EXPECT_EQ(Sum().bytes, input_.counts().bytes);
  EXPECT_EQ(Sum().packets, input_.counts().packets);
  uint64_t dscp_bytes = 0;
  for (const uint64_t bytes : input_.counts().classes.dscp_bytes) {
    dscp_bytes += bytes;
  }
  EXPECT_EQ(dscp_bytes, input_.counts().bytes);
}

TEST(ClassCountsSumTest, AddsEveryPart) {
  Packet packet;
  packet.bytes = 100;
  packet.is_ip = true;
  packet.dscp = 46;
  ClassCounts one;
  one.Add(packet, kClassVoice, Direction::kOut);
  ClassCounts sum = one;
  sum += one;
  EXPECT_EQ(sum.At(kClassVoice).bytes, 200U);
  EXPECT_EQ(sum.At(kClassVoice).packets, 2U);
  EXPECT_EQ(sum.dscp_bytes[46], 200U);
}

}  // namespace
}  // namespace ntm
