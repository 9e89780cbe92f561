#include "ntm/flow/port_names.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <set>
#include <thread>
#include <vector>

#include "ntm/base/unix_time.h"
#include "ntm/flow/flow_table.h"

namespace ntm {
namespace {

ServiceId Numbered(size_t port) {
  return static_cast<ServiceId>(kOtherService + port);
}

Address AddressOf(uint8_t last) {
  const std::array<uint8_t, 4> octets = {10, 0, 0, last};
  return Address::Ipv4(octets.data());
}

FlowKey KeyOf(ServiceId service, uint8_t src = 1) {
  return FlowKey::Make(AddressOf(src), AddressOf(2), kProtocolTcp, service);
}

// A table whose names are bounded, and what went into it.
class NamingTable {
 public:
  explicit NamingTable(PortNames* names, size_t capacity = 10'000)
      : table_(capacity, 1, kPlainLabels, names) {}

  void Add(ServiceId service, int64_t seconds = 0, int packets = 1,
           uint8_t src = 1) {
    for (int i = 0; i < packets; ++i) {
      table_.Add(KeyOf(service, src), 100, seconds * kNsPerSecond);
      bytes_ += 100;
    }
  }

  // The packets of each service. Checks that the sums are exact.
  std::map<ServiceId, uint64_t> Packets() {
    std::vector<Flow> flows;
    std::vector<FlowExtras> extras;
    table_.AppendTo(&flows, &extras);
    std::map<ServiceId, uint64_t> packets;
    uint64_t bytes = table_.evicted().bytes;
    for (const Flow& flow : flows) {
      packets[flow.key.service()] += flow.packets;
      bytes += flow.bytes;
    }
    EXPECT_EQ(bytes, bytes_);
    return packets;
  }

  void EvictIdle(int64_t seconds) {
    table_.EvictIdle(seconds * kNsPerSecond, table_.capacity());
  }

 private:
  FlowTable table_;
  uint64_t bytes_ = 0;
};

TEST(PortNamesTest, ANameIsHeldUntilItsLastHolderReleasesIt) {
  PortNames names;
  EXPECT_FALSE(names.IsHeld(Numbered(8443)));
  EXPECT_TRUE(names.TryHold(Numbered(8443)));
  names.Hold(Numbered(8443));
  EXPECT_EQ(names.count(), 1U);
  names.Release(Numbered(8443));
  EXPECT_TRUE(names.IsHeld(Numbered(8443)));
  names.Release(Numbered(8443));
  EXPECT_FALSE(names.IsHeld(Numbered(8443)));
  EXPECT_EQ(names.count(), 0U);
}

TEST(PortNamesTest, NoMoreThanTheMostAreHeld) {
  PortNames names;
  for (size_t port = 1; port <= PortNames::kMost; ++port) {
    ASSERT_TRUE(names.TryHold(Numbered(port)));
  }
  EXPECT_FALSE(names.TryHold(Numbered(32767)));
  EXPECT_TRUE(names.TryHold(Numbered(1)))
      << "a name that is held is no new one";
  names.Release(Numbered(2));
  EXPECT_TRUE(names.TryHold(Numbered(32767)));
  EXPECT_EQ(names.count(), PortNames::kMost);
}

TEST(PortNamesTest, LanesTogetherHoldNoMoreThanTheMost) {
  PortNames names;
  std::atomic<bool> is_exceeded = false;
  const auto lane = [&](size_t first) {
    for (size_t i = 0; i < 20'000; ++i) {
      const ServiceId id = Numbered(1 + (first + i) % 1000);
      if (!names.TryHold(id)) continue;
      if (names.count() > PortNames::kMost + 4) is_exceeded = true;
      if (i % 3 != 0) names.Release(id);
    }
  };
  std::vector<std::thread> lanes;
  for (size_t i = 0; i < 4; ++i) lanes.emplace_back(lane, i * 250);
  for (std::thread& thread : lanes) thread.join();
  size_t held = 0;
  for (size_t port = 1; port <= 1000; ++port)
    held += names.IsHeld(Numbered(port));
  EXPECT_EQ(held, names.count());
  EXPECT_LE(held, PortNames::kMost);
  EXPECT_FALSE(is_exceeded) << "but for places that are asked for just now";
}

TEST(PortNamesTest, AScanOfAllPortsTakesHalfOfTheNamesAndOneFlowMore) {
  PortNames names;
  NamingTable table(&names);
  for (size_t port = 1; port < 32768; ++port) table.Add(Numbered(port));
  const auto packets = table.Packets();
  EXPECT_EQ(packets.size(), PortNames::kMost / 2 + 1);
  EXPECT_EQ(packets.at(kOtherService), 32767U - PortNames::kMost / 2);
  EXPECT_EQ(names.count(), PortNames::kMost / 2);
}

TEST(PortNamesTest, ABusyServiceGetsItsNameDuringAScan) {
  PortNames names;
  NamingTable table(&names);
  for (size_t port = 1; port < 20'000; ++port) {
    table.Add(Numbered(port));
    if (port % 100 == 0) table.Add(Numbered(30'000));
  }
  EXPECT_GE(table.Packets().at(Numbered(30'000)), 180U);
}

TEST(PortNamesTest, ANameGoesOnInNewFlowsWhileItHasOne) {
  PortNames names;
  NamingTable table(&names);
  table.Add(Numbered(8443));
  for (size_t port = 1; port < 1000; ++port) table.Add(Numbered(port), 0, 8);
  table.Add(Numbered(8443), 0, 1, 77);
  EXPECT_EQ(table.Packets().at(Numbered(8443)), 2U);
}

TEST(PortNamesTest, NamesAreFreeAgainWhenTheirFlowsHaveEnded) {
  PortNames names;
  NamingTable table(&names);
  // Busy enough for all of them.
  for (size_t port = 1; port <= 2000; ++port) table.Add(Numbered(port), 0, 20);
  EXPECT_EQ(names.count(), PortNames::kMost);
  table.Add(Numbered(30'000), 10, 100);
  EXPECT_FALSE(table.Packets().contains(Numbered(30'000)));
  table.EvictIdle(5);
  EXPECT_EQ(names.count(), 0U);
  table.Add(Numbered(30'000), 20, 100);
  EXPECT_EQ(table.Packets().at(Numbered(30'000)), 100U);
}

TEST(PortNamesTest, FlowsOfOtherHoldNamesToo) {
  PortNames names;
  NamingTable table(&names, 64);
  for (uint8_t src = 1; src < 200; ++src) table.Add(Numbered(8443), 0, 1, src);
  EXPECT_EQ(table.Packets().size(), 1U);
  EXPECT_EQ(names.count(), 1U);
  table.EvictIdle(1);
  EXPECT_EQ(names.count(), 0U);
}

TEST(PortNamesTest, NamesOfAFileAreNotBounded) {
  PortNames names;
  NamingTable table(&names);
  for (ServiceId id = 0; id < 2000; ++id) table.Add(id);
  EXPECT_EQ(table.Packets().size(), 2000U);
  EXPECT_EQ(names.count(), 0U);
}

}  // namespace
}  // namespace ntm
