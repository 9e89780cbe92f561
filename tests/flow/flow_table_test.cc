#include "ntm/flow/flow_table.h"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>

#include "ntm/base/error.h"

namespace ntm {
namespace {

Packet PacketOf(uint32_t src, uint32_t dst, Protocol protocol, uint32_t bytes) {
  const auto octets = [](uint32_t number) {
    return std::array<uint8_t, 4>{
        static_cast<uint8_t>(number >> 24), static_cast<uint8_t>(number >> 16),
        static_cast<uint8_t>(number >> 8), static_cast<uint8_t>(number)};
  };
  Packet packet;
  packet.src = Address::Ipv4(octets(src).data());
  packet.dst = Address::Ipv4(octets(dst).data());
  packet.protocol = protocol;
  packet.bytes = bytes;
  return packet;
}

void AddPacket(FlowTable* table, const Packet& packet, ServiceId service,
               int64_t time_ns) {
  table->Add(FlowKey::Make(packet.src, packet.dst, packet.protocol, service),
             packet.bytes, time_ns);
}

struct Sums {
  uint64_t bytes = 0;
  uint64_t packets = 0;
};

std::vector<Flow> FlowsOf(FlowTable* table) {
  std::vector<Flow> flows;
  std::vector<FlowExtras> extras;
  table->AppendTo(&flows, &extras);
  return flows;
}

Sums SumOf(FlowTable* table) {
  const std::vector<Flow> flows = FlowsOf(table);
  Sums sums;
  for (const Flow& flow : flows) {
    sums.bytes += flow.bytes;
    sums.packets += flow.packets;
  }
  return sums;
}

TEST(FlowTableTest, AddsPacketsOfOneKeyToOneFlow) {
  FlowTable table(100, 1);
  AddPacket(&table, PacketOf(1, 2, kProtocolTcp, 40), 7, 1000);
  AddPacket(&table, PacketOf(1, 2, kProtocolTcp, 60), 7, 2000);
  const std::vector<Flow> flows = FlowsOf(&table);
  ASSERT_EQ(flows.size(), 1U);
  EXPECT_EQ(flows[0].bytes, 100U);
  EXPECT_EQ(flows[0].packets, 2U);
  EXPECT_EQ(flows[0].last_seen_ns, 2000);
  EXPECT_EQ(flows[0].key.service(), 7);
}

TEST(FlowTableTest, KeepsEveryPartOfTheKeyApart) {
  FlowTable table(100, 1);
  Packet packet = PacketOf(1, 2, kProtocolTcp, 1);
  AddPacket(&table, packet, 0, 0);
  AddPacket(&table, packet, 1, 0);
  AddPacket(&table, PacketOf(2, 1, kProtocolTcp, 1), 0, 0);
  AddPacket(&table, PacketOf(1, 2, kProtocolUdp, 1), 0, 0);
  // The same bytes as an IPv6 address are another host.
  packet.src.kind = AddressKind::kIpv6;
  AddPacket(&table, packet, 0, 0);
  EXPECT_EQ(FlowsOf(&table).size(), 5U);
}

TEST(FlowTableTest, ListsFlowsInTheOrderInWhichTheyWereInserted) {
  FlowTable table(1000, 99);
  for (uint32_t i = 0; i < 500; ++i) {
    AddPacket(&table, PacketOf(i, 1, kProtocolTcp, i), 0, 0);
  }
  const std::vector<Flow> flows = FlowsOf(&table);
  for (uint32_t i = 0; i < 500; ++i) EXPECT_EQ(flows[i].bytes, i);
}

TEST(FlowTableTest, CountsPastTheLimitIntoOtherWithItsOwnProtocolAndService) {
  FlowTable table(64, 1);
  for (uint32_t i = 0; i < 1000; ++i) {
    AddPacket(&table,
              PacketOf(i, 1, i % 2 == 0 ? kProtocolTcp : kProtocolUdp, 10),
              static_cast<ServiceId>(i % 3), 0);
  }
  EXPECT_LE(FlowsOf(&table).size(), 64U);
  const std::vector<Flow> flows = FlowsOf(&table);
  std::set<std::pair<Protocol, ServiceId>> others;
  for (const Flow& flow : flows) {
    if (flow.key.Src().kind != AddressKind::kOther) continue;
    EXPECT_EQ(flow.key.Dst().kind, AddressKind::kOther);
    others.emplace(flow.key.protocol(), flow.key.service());
  }
  EXPECT_EQ(others.size(), 6U);
  EXPECT_EQ(SumOf(&table).packets, 1000U);
  EXPECT_EQ(SumOf(&table).bytes, 10000U);
}

TEST(FlowTableTest, KeepsTheSumsExactWhenEvenOtherRunsOut) {
  FlowTable table(FlowTable::kMinCapacity, 1);
  for (uint32_t i = 0; i < 5000; ++i) {
    AddPacket(&table, PacketOf(i, i, static_cast<Protocol>(i % 256), 3),
              static_cast<ServiceId>(i % 1000), 0);
    ASSERT_EQ(SumOf(&table).packets, i + 1);
    ASSERT_LE(FlowsOf(&table).size(), FlowTable::kMinCapacity);
  }
  const std::vector<Flow> flows = FlowsOf(&table);
  EXPECT_EQ(flows.back().key.protocol(), kProtocolOther);
}

TEST(FlowTableTest, AgreesWithAPlainMapOnRandomTraffic) {
  FlowTable table(200000, 12345);
  std::map<std::tuple<uint32_t, uint32_t, Protocol, ServiceId>, Sums> expected;
  std::mt19937 generator(7);
  const auto random = [&generator] {
    return static_cast<uint32_t>(generator());
  };
  for (int i = 0; i < 200000; ++i) {
    const uint32_t src = random() % 100;
    const uint32_t dst = random() % 100;
    const auto protocol = static_cast<Protocol>(random() % 4);
    const auto service = static_cast<ServiceId>(random() % 2);
    const uint32_t bytes = random() % 1500;
    AddPacket(&table, PacketOf(src, dst, protocol, bytes), service, i);
    Sums& sums = expected[{src, dst, protocol, service}];
    sums.bytes += bytes;
    ++sums.packets;
  }
  EXPECT_EQ(FlowsOf(&table).size(), expected.size());
  const std::vector<Flow> flows = FlowsOf(&table);
  for (const Flow& flow : flows) {
    const auto last = [](const Address& address) {
      return static_cast<uint32_t>(address.bytes[3]);
    };
    const Sums& sums = expected[{last(flow.key.Src()), last(flow.key.Dst()),
                                 flow.key.protocol(), flow.key.service()}];
    EXPECT_EQ(flow.bytes, sums.bytes);
    EXPECT_EQ(flow.packets, sums.packets);
  }
}

TEST(FlowTableTest, RefusesACapacityThatCannotHoldOther) {
  EXPECT_THROW(FlowTable(FlowTable::kMinCapacity - 1, 1), Error);
}

}  // namespace
}  // namespace ntm
