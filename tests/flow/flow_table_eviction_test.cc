// Which flows have a slot, which one loses it, and that the sums stay exact.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <optional>
#include <random>
#include <tuple>
#include <vector>

#include "ntm/base/unix_time.h"
#include "ntm/flow/flow_table.h"

namespace ntm {
namespace {

Packet PacketOf(uint32_t src, uint32_t bytes = 100) {
  const std::array<uint8_t, 4> octets = {
      static_cast<uint8_t>(src >> 24), static_cast<uint8_t>(src >> 16),
      static_cast<uint8_t>(src >> 8), static_cast<uint8_t>(src)};
  Packet packet;
  packet.src = Address::Ipv4(octets.data());
  packet.dst = packet.src;
  packet.protocol = kProtocolTcp;
  packet.bytes = bytes;
  return packet;
}

FlowKey UsualKey(const Packet& packet) {
  return FlowKey::Make(packet.src, packet.dst, packet.protocol, kNoService);
}

uint32_t SrcOf(const Flow& flow) {
  const auto& bytes = flow.key.Src().bytes;
  return uint32_t{bytes[0]} << 24 | uint32_t{bytes[1]} << 16 |
         uint32_t{bytes[2]} << 8 | bytes[3];
}

bool IsOther(const Flow& flow) {
  return flow.key.Src().kind == AddressKind::kOther;
}

// A table and what went into it.
class Accounted {
 public:
  Accounted(size_t capacity, uint64_t seed) : table_(capacity, seed) {}

  void Add(uint32_t src, int64_t time_ns, uint32_t bytes = 100) {
    table_.Add(UsualKey(PacketOf(src, bytes)), bytes, time_ns);
    ++packets_;
    bytes_ += bytes;
  }

  const std::vector<Flow>& Flows() {
    std::vector<FlowExtras> extras;
    flows_.clear();
    table_.AppendTo(&flows_, &extras);
    return flows_;
  }

  std::optional<Flow> Find(uint32_t src) {
    for (const Flow& flow : Flows()) {
      if (!IsOther(flow) && SrcOf(flow) == src) return flow;
    }
    return std::nullopt;
  }

  size_t CountOwn() {
    return static_cast<size_t>(std::ranges::count_if(
        Flows(), [](const Flow& flow) { return !IsOther(flow); }));
  }

  void ExpectExactSums() {
    uint64_t packets = 0;
    uint64_t bytes = 0;
    for (const Flow& flow : Flows()) {
      packets += flow.packets;
      bytes += flow.bytes;
    }
    ASSERT_EQ(packets + table_.evicted().packets, packets_);
    ASSERT_EQ(bytes + table_.evicted().bytes, bytes_);
    ASSERT_LE(flows_.size(), table_.capacity());
  }

  FlowTable& table() { return table_; }

 private:
  FlowTable table_;
  std::vector<Flow> flows_;
  uint64_t packets_ = 0;
  uint64_t bytes_ = 0;
};

TEST(FlowTableEvictionTest, InsertsEveryKeyAtOnceBelowHalfAndNoneAbove) {
  Accounted table(1000, 1);
  for (uint32_t i = 0; i < 2000; ++i) table.Add(i, 0);
  EXPECT_EQ(table.CountOwn(), 500U);
  EXPECT_TRUE(table.Find(499));
  EXPECT_FALSE(table.Find(500));
  table.ExpectExactSums();
}

TEST(FlowTableEvictionTest, InsertsAKeyAboveHalfAtItsEighthPacket) {
  Accounted table(1000, 1);
  for (uint32_t i = 0; i < 500; ++i) table.Add(i, 0);
  for (int i = 0; i < 7; ++i) table.Add(9999, 0);
  EXPECT_FALSE(table.Find(9999));
  table.Add(9999, 0);
  table.Add(9999, 0);
  ASSERT_TRUE(table.Find(9999));
  EXPECT_EQ(table.Find(9999)->packets, 2U);
  table.ExpectExactSums();
}

TEST(FlowTableEvictionTest, LetsNoFloodTakeTheUpperHalfNorHoldUpATalker) {
  constexpr uint32_t kFlood = 2'000'000;
  constexpr uint32_t kTalkers = 100;
  constexpr uint32_t kFirstTalker = 0xf0000000;
  constexpr uint32_t kFirstLate = 0xf1000000;
  Accounted table(10000, 42);
  for (uint32_t i = 0; i < kTalkers; ++i) table.Add(kFirstTalker + i, 0);
  std::vector<uint64_t> sent(kTalkers);
  for (uint32_t i = 0; i < kFlood; ++i) {
    const int64_t now_ns = int64_t{i} * 1000;
    table.Add(i, now_ns);
    table.Add(kFirstTalker + i % kTalkers, now_ns);
    if (i < kFlood / 2 || i % 3 != 0) continue;
    // One talker after the other arrives, each in the midst of the flood.
    const uint32_t late = (i - kFlood / 2) / (kFlood / 2 / kTalkers);
    ++sent[late];
    table.Add(kFirstLate + late, now_ns);
    if (sent[late] == 17) {
      const auto flow = table.Find(kFirstLate + late);
      ASSERT_TRUE(flow) << late;
    }
  }
  table.ExpectExactSums();
  std::map<uint32_t, Flow> own;
  for (const Flow& flow : table.Flows()) {
    if (!IsOther(flow)) own.emplace(SrcOf(flow), flow);
  }
  for (uint32_t i = 0; i < kTalkers; ++i) {
    EXPECT_EQ(own.at(kFirstTalker + i).packets, 1 + kFlood / kTalkers);
    EXPECT_GE(own.at(kFirstLate + i).packets + 16, sent[i]);
  }
  // The lower half is 5,000, the late ones are above it.
  const size_t spoofed_above = own.size() - 5000 - kTalkers;
  RecordProperty("spoofed_above", std::to_string(spoofed_above));
  EXPECT_LT(spoofed_above, kFlood / 10000);
  EXPECT_EQ(table.table().evicted().series, 0U);
}

// The limit of flows with a series of their own.
size_t RegularSlots(size_t capacity) { return capacity - capacity / 8 - 1; }

TEST(FlowTableEvictionTest, FillsALargeTableWithFlowsThatAreEquallyActive) {
  constexpr size_t kCapacity = 140'000;
  Accounted table(kCapacity, 1);
  for (int packet = 0; packet < 30; ++packet) {
    for (uint32_t flow = 0; flow < 130'000; ++flow) table.Add(flow, packet);
  }
  EXPECT_GE(table.CountOwn(), RegularSlots(kCapacity) * 95 / 100);
  table.ExpectExactSums();
}

// The larger of two capacities needs all of its sketch, the smaller ones little
// of it. The packets come in no order.
TEST(FlowTableEvictionTest, FillsATableThatHasPlacesForFourFifthsOfTheFlows) {
  for (const size_t capacity : {100U, 10'000U, 16'384U, 20'000U, 65'536U}) {
    Accounted table(capacity, capacity);
    std::mt19937 random(5);
    const auto flows = static_cast<uint32_t>(capacity * 5 / 4);
    for (uint32_t packet = 0; packet < 60 * flows; ++packet) {
      table.Add(static_cast<uint32_t>(random()) % flows, packet);
    }
    EXPECT_EQ(table.CountOwn(), RegularSlots(capacity)) << capacity;
    table.ExpectExactSums();
  }
}

// Fills all 87 slots of the regular region of a table of 100.
void FillRegularSlots(Accounted* table, int64_t time_ns) {
  for (int round = 0; round < 8; ++round) {
    for (uint32_t i = 0; i < 87; ++i) table->Add(i, time_ns);
  }
  ASSERT_EQ(table->CountOwn(), 87U);
}

TEST(FlowTableEvictionTest, GivesASilentFlowsSlotToAnAdmittedKey) {
  Accounted table(100, 3);
  FillRegularSlots(&table, 0);
  for (uint32_t i = 0; i < 80; ++i) table.Add(i, 60 * kNsPerSecond);
  for (int i = 0; i < 100; ++i) table.Add(9999, 61 * kNsPerSecond);
  ASSERT_TRUE(table.Find(9999));
  EXPECT_EQ(table.CountOwn(), 87U);
  EXPECT_EQ(table.table().evicted().series, 1U);
  // It was one of the seven silent ones.
  for (uint32_t i = 0; i < 80; ++i) EXPECT_TRUE(table.Find(i)) << i;
  table.ExpectExactSums();
}

TEST(FlowTableEvictionTest, TakesFromTheLongestSilentOfAFew) {
  Accounted table(100, 3);
  FillRegularSlots(&table, 0);
  for (uint32_t i = 0; i < 87; ++i) table.Add(i, i * kNsPerSecond);
  for (uint32_t i = 0; i < 20; ++i) {
    for (int packet = 0; packet < 8; ++packet) {
      table.Add(1000 + i, 200 * kNsPerSecond);
    }
  }
  table.ExpectExactSums();
  EXPECT_EQ(table.table().evicted().series, 20U);
  uint32_t older = 0;
  for (uint32_t i = 0; i < 43; ++i) older += table.Find(i) ? 0U : 1U;
  EXPECT_GE(older, 18U);  // any one of a few would give 10
}

TEST(FlowTableEvictionTest, NeverGivesAwayASlotOfOther) {
  Accounted table(100, 3);
  FillRegularSlots(&table, 0);
  for (uint32_t i = 0; i < 11; ++i) {
    Packet packet = PacketOf(5000);
    packet.protocol = static_cast<Protocol>(100 + i);
    table.table().Add(UsualKey(packet), packet.bytes, 0);
  }
  for (uint32_t i = 0; i < 200; ++i) {
    for (int packet = 0; packet < 8; ++packet) {
      table.Add(1000 + i, (100 + i) * kNsPerSecond);
    }
  }
  EXPECT_EQ(table.CountOwn(), 87U);
  EXPECT_EQ(table.table().evicted().series, 200U);
  EXPECT_EQ(table.Flows().size() - table.CountOwn(), 12U);
}

TEST(FlowTableEvictionTest, DoesNotChurnWhereAllFlowsAreBusy) {
  Accounted table(100, 3);
  FillRegularSlots(&table, 0);
  for (int round = 0; round < 1000; ++round) {
    for (uint32_t i = 0; i < 200; ++i) table.Add(i, round * kNsPerSecond);
  }
  EXPECT_EQ(table.table().evicted().series, 0U);
  EXPECT_EQ(table.Find(0)->packets, 1008U);
  table.ExpectExactSums();
}

TEST(FlowTableEvictionTest, DoesTheSameForTheSameSeed) {
  const auto run = [](uint64_t seed) {
    Accounted table(100, seed);
    std::mt19937 random(5);
    for (int i = 0; i < 50000; ++i) {
      table.Add(static_cast<uint32_t>(random()) % 300, i * kNsPerSecond / 4);
    }
    std::vector<std::tuple<uint32_t, uint64_t>> flows;
    for (const Flow& flow : table.Flows()) {
      flows.emplace_back(SrcOf(flow), flow.packets);
    }
    EXPECT_GT(table.table().evicted().series, 100U);
    return flows;
  };
  EXPECT_EQ(run(1), run(1));
  EXPECT_NE(run(1), run(2));
}

TEST(FlowTableEvictionTest, EvictsWhatWasSilentAndStartsAReturningKeyAtZero) {
  Accounted table(100, 1);
  table.Add(1, 10 * kNsPerSecond);
  table.Add(2, 20 * kNsPerSecond);
  table.table().EvictIdle(20 * kNsPerSecond, 100);
  EXPECT_FALSE(table.Find(1));
  EXPECT_EQ(table.Find(2)->packets, 1U);
  EXPECT_EQ(table.table().evicted().series, 1U);
  EXPECT_EQ(table.table().evicted().packets, 1U);
  EXPECT_EQ(table.table().evicted().bytes, 100U);
  table.Add(1, 30 * kNsPerSecond, 7);
  EXPECT_EQ(table.Find(1)->bytes, 7U);
  table.ExpectExactSums();
}

TEST(FlowTableEvictionTest, CountsWaitingPacketsBeforeItEvicts) {
  Accounted table(100, 1);
  table.Add(1, 10 * kNsPerSecond);
  table.Flows();
  table.Add(1, 30 * kNsPerSecond);
  table.table().EvictIdle(20 * kNsPerSecond, 100);
  EXPECT_EQ(table.Find(1)->packets, 2U);
}

TEST(FlowTableEvictionTest, SweepsABoundedNumberOfSlotsAtATime) {
  Accounted table(1000, 1);
  for (uint32_t i = 0; i < 400; ++i) table.Add(i, 0);
  for (size_t left = 400; left > 0; left -= 100) {
    EXPECT_EQ(table.CountOwn(), left);
    table.table().EvictIdle(1, 100);
  }
  EXPECT_EQ(table.CountOwn(), 0U);
  EXPECT_EQ(table.table().evicted().series, 400U);
}

TEST(FlowTableEvictionTest, EvictsOtherTooAndInsertsItAgain) {
  Accounted table(FlowTable::kMinCapacity, 1);
  for (int round = 0; round < 50; ++round) {
    for (uint32_t i = 0; i < 40; ++i) {
      Packet packet = PacketOf(i);
      packet.protocol = static_cast<Protocol>(i);
      table.table().Add(UsualKey(packet), packet.bytes, round);
    }
    uint64_t packets = 0;
    for (const Flow& flow : table.Flows()) packets += flow.packets;
    ASSERT_EQ(packets, 40U);
    ASSERT_GE(table.Flows().size() - table.CountOwn(), 2U);
    table.table().EvictIdle(round + 1, FlowTable::kMinCapacity);
    ASSERT_TRUE(table.Flows().empty());
  }
}

// As FlowTable, with a map, while the table inserts every key at once.
struct MapTable {
  std::map<uint32_t, Flow> flows;
  uint64_t evicted_packets = 0;

  void Add(uint32_t src, int64_t time_ns, uint32_t bytes) {
    Flow& flow = flows[src];
    flow.bytes += bytes;
    ++flow.packets;
    flow.last_seen_ns = time_ns;
  }
  void EvictIdle(int64_t before_ns) {
    std::erase_if(flows, [&](const auto& entry) {
      if (entry.second.last_seen_ns >= before_ns) return false;
      evicted_packets += entry.second.packets;
      return true;
    });
  }
};

TEST(FlowTableEvictionTest, AgreesWithAPlainMapUnderHeavyChurn) {
  for (uint64_t seed = 0; seed < 20; ++seed) {
    Accounted table(128, seed);  // an index of 256
    MapTable expected;
    std::mt19937 random(static_cast<uint32_t>(seed));
    for (int64_t now = 1; now <= 20000; ++now) {
      // At most 60 keys are younger than 60 packets, below half of 128.
      const auto src = static_cast<uint32_t>(random()) % 500;
      table.Add(src, now, src + 1);
      expected.Add(src, now, src + 1);
      const int64_t before = now - static_cast<int64_t>(random() % 30) - 30;
      table.table().EvictIdle(before, 128);
      expected.EvictIdle(before);
      if (now % 16 != 0) continue;
      ASSERT_EQ(table.Flows().size(), expected.flows.size());
      for (const Flow& flow : table.Flows()) {
        const Flow& same = expected.flows.at(SrcOf(flow));
        ASSERT_EQ(flow.packets, same.packets);
        ASSERT_EQ(flow.bytes, same.bytes);
      }
      ASSERT_EQ(table.table().evicted().packets, expected.evicted_packets);
    }
  }
}

TEST(FlowTableEvictionTest, StaysExactAndMonotoneWhateverHappens) {
  for (uint64_t seed = 0; seed < 10; ++seed) {
    std::mt19937 random(static_cast<uint32_t>(seed));
    const auto below = [&random](uint32_t limit) {
      return static_cast<uint32_t>(random()) % limit;
    };
    Accounted table(16 + below(100), seed);
    std::map<uint32_t, uint64_t> before;  // packets by src, of living flows
    uint64_t evicted_before = 0;
    int64_t now_ns = 0;
    for (int step = 0; step < 3000; ++step) {
      for (uint32_t i = below(40); i > 0; --i) {
        now_ns += below(2) * kNsPerSecond;
        const uint32_t key = below(2) == 0 ? below(50) : below(5000);
        table.Add(key, now_ns, below(1500));
      }
      if (below(10) == 0) {
        table.table().EvictIdle(now_ns - below(100) * kNsPerSecond, below(100));
      }
      ASSERT_NO_FATAL_FAILURE(table.ExpectExactSums());
      std::map<uint32_t, uint64_t> after;
      uint64_t ended = 0;
      for (const Flow& flow : table.Flows()) {
        if (!IsOther(flow)) after[SrcOf(flow)] = flow.packets;
      }
      for (const auto& [src, packets] : before) {
        const auto found = after.find(src);
        if (found == after.end() || found->second < packets) ++ended;
      }
      const uint64_t evicted = table.table().evicted().series;
      ASSERT_LE(ended, evicted - evicted_before);
      before = std::move(after);
      evicted_before = evicted;
    }
    EXPECT_GT(evicted_before, 100U);
  }
}

}  // namespace
}  // namespace ntm
