#include "modules/usage/flow_growth.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "usage_fixture.h"

namespace ntm::usage {
namespace {

using test::Flows;

std::map<size_t, uint64_t> ByFlow(const Growth& growth) {
  std::map<size_t, uint64_t> by_flow;
  for (const auto& [flow, bytes] : growth.flows) by_flow[flow] += bytes;
  return by_flow;
}

using Map = std::map<size_t, uint64_t>;

TEST(FlowGrowthTest, TheFirstSnapshotCountsCompletely) {
  FlowGrowth growth;
  const Growth first =
      growth.Since(Flows().Add("10.0.0.1", "1.1.1.1", 100).Evicted(7).snapshot);
  EXPECT_EQ(ByFlow(first), (Map{{0, 100}}));
  EXPECT_EQ(first.ended_bytes, 7U);
}

TEST(FlowGrowthTest, ReturnsOnlyFlowsThatHaveGrown) {
  FlowGrowth growth;
  growth.Since(Flows()
                   .Add("10.0.0.1", "1.1.1.1", 100)
                   .Add("10.0.0.2", "1.1.1.1", 200)
                   .snapshot);
  const Growth next = growth.Since(Flows()
                                       .Add("10.0.0.1", "1.1.1.1", 100)
                                       .Add("10.0.0.2", "1.1.1.1", 260)
                                       .Add("10.0.0.3", "1.1.1.1", 5)
                                       .snapshot);
  EXPECT_EQ(ByFlow(next), (Map{{1, 60}, {2, 5}}));
  EXPECT_EQ(next.ended_bytes, 0U);
}

TEST(FlowGrowthTest, FindsFlowsThatMovedInTheSnapshot) {
  FlowGrowth growth;
  growth.Since(Flows()
                   .Add("10.0.0.1", "1.1.1.1", 100)
                   .Add("10.0.0.2", "1.1.1.1", 200)
                   .Add("10.0.0.3", "1.1.1.1", 300)
                   .snapshot);
  const Growth next = growth.Since(Flows()
                                       .Add("10.0.0.3", "1.1.1.1", 301)
                                       .Add("10.0.0.1", "1.1.1.1", 102)
                                       .Evicted(200)
                                       .snapshot);
  EXPECT_EQ(ByFlow(next), (Map{{0, 1}, {1, 2}}));
  EXPECT_EQ(next.ended_bytes, 0U);
}

TEST(FlowGrowthTest, CountsBytesOfAFlowUpToItsEnd) {
  FlowGrowth growth;
  growth.Since(Flows()
                   .Add("10.0.0.1", "1.1.1.1", 100)
                   .Add("10.0.0.2", "1.1.1.1", 200)
                   .snapshot);
  // The first ended with 130; the second ended with 250 and started again.
  const Growth next = growth.Since(
      Flows().Add("10.0.0.2", "1.1.1.1", 40).Evicted(130 + 250).snapshot);
  EXPECT_EQ(ByFlow(next), (Map{{0, 40}}));
  EXPECT_EQ(next.ended_bytes, 30U + 50U);
}

TEST(FlowGrowthTest, DistinguishesFlowsByExtraLabels) {
  const auto flows = [](uint64_t first, uint64_t second) {
    Flows made;
    made.Add("10.0.0.1", "1.1.1.1", first).Add("10.0.0.1", "1.1.1.1", second);
    made.snapshot.extras.resize(2);
    made.snapshot.extras[1].vlan = 7;
    return made.snapshot;
  };
  FlowGrowth growth;
  growth.Since(flows(100, 1000));
  EXPECT_EQ(ByFlow(growth.Since(flows(101, 1010))), (Map{{0, 1}, {1, 10}}));
}

}  // namespace
}  // namespace ntm::usage
