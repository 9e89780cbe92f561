#include "ntm/flow/flow_merge.h"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <vector>

namespace ntm {
namespace {

Flow FlowOf(uint8_t host, uint64_t bytes, uint64_t packets, int64_t time_ns) {
  const std::array<uint8_t, 4> octets = {10, 0, 0, host};
  const Address address = Address::Ipv4(octets.data());
  Flow flow;
  flow.key = FlowKey::Make(address, address, kProtocolTcp, kNoService);
  flow.bytes = bytes;
  flow.packets = packets;
  flow.last_seen_ns = time_ns;
  return flow;
}

TEST(FlowMergeTest, SumsFlowsOfOneKeyAndKeepsTheLatestTime) {
  std::vector<Flow> flows = {FlowOf(1, 10, 1, 30), FlowOf(2, 5, 5, 1),
                             FlowOf(1, 20, 2, 20)};
  std::vector<FlowExtras> extras;
  MergeFlows(7, &flows, &extras);
  ASSERT_EQ(flows.size(), 2U);
  EXPECT_EQ(flows[0].key, FlowOf(1, 0, 0, 0).key);
  EXPECT_EQ(flows[0].bytes, 30U);
  EXPECT_EQ(flows[0].packets, 3U);
  EXPECT_EQ(flows[0].last_seen_ns, 30);
  EXPECT_EQ(flows[1].key, FlowOf(2, 0, 0, 0).key);
  EXPECT_EQ(flows[1].bytes, 5U);
}

TEST(FlowMergeTest, DistinguishesFlowsByTheirExtras) {
  std::vector<Flow> flows = {FlowOf(1, 10, 1, 0), FlowOf(1, 5, 1, 0),
                             FlowOf(1, 20, 1, 0)};
  std::vector<FlowExtras> extras(3);
  extras[1].vlan = 7;
  MergeFlows(7, &flows, &extras);
  ASSERT_EQ(flows.size(), 2U);
  ASSERT_EQ(extras.size(), 2U);
  EXPECT_EQ(flows[0].bytes, 30U);
  EXPECT_EQ(extras[0].vlan, 0);
  EXPECT_EQ(flows[1].bytes, 5U);
  EXPECT_EQ(extras[1].vlan, 7);
}

TEST(FlowMergeTest, DoesNotChangeDifferentFlows) {
  std::vector<Flow> flows;
  std::vector<FlowExtras> extras;
  MergeFlows(7, &flows, &extras);
  EXPECT_TRUE(flows.empty());
  for (uint8_t host = 0; host < 200; ++host) {
    flows.push_back(FlowOf(host, host, 1, 0));
  }
  MergeFlows(7, &flows, &extras);
  ASSERT_EQ(flows.size(), 200U);
  for (uint8_t host = 0; host < 200; ++host) {
    EXPECT_EQ(flows[host].bytes, host);
  }
}

TEST(FlowMergeTest, AgreesWithAMap) {
  std::mt19937 random(1);
  for (uint64_t seed = 0; seed < 50; ++seed) {
    std::vector<Flow> flows;
    std::vector<FlowExtras> extras;
    std::map<uint64_t, uint64_t> expected;  // bytes by key
    for (size_t i = random() % 2000; i > 0; --i) {
      const auto host = static_cast<uint8_t>(random());
      flows.push_back(FlowOf(host, random() % 1500, 1, 0));
      expected[flows.back().key.src[0]] += flows.back().bytes;
    }
    MergeFlows(seed, &flows, &extras);
    ASSERT_EQ(flows.size(), expected.size());
    for (const Flow& flow : flows) {
      ASSERT_EQ(flow.bytes, expected.at(flow.key.src[0]));
    }
  }
}

}  // namespace
}  // namespace ntm
