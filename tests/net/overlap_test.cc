#include "ntm/net/overlap.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace ntm {
namespace {

using testing::IsEmpty;
using Pair = std::pair<std::string, std::string>;

// A machine with links of every kind: name, kind, master and lower link.
class Machine {
 public:
  Machine() {
    Add("lo", "");
    Add("eth0", "");
    Add("eth1", "");
    Add("eth2", "", "bond0");
    Add("eth3", "", "bond0");
    Add("bond0", "bond", "br1");
    Add("eth0.7", "vlan", "", "eth0");
    Add("eth0.8", "vlan", "", "eth0");
    Add("eth0.7.9", "vlan", "br1", "eth0.7");
    Add("mac0", "macvlan", "", "eth1");
    Add("ip0", "ipvlan", "", "eth1");
    Add("gre0", "gre", "", "eth1");
    Add("br0", "bridge");
    Add("p1", "veth", "br0");
    Add("p2", "veth", "br0");
    Add("p3", "veth", "br0");
    Add("br0.5", "vlan", "", "br0");
    Add("br1", "bridge");
    Add("end1", "veth", "", "p1");
    Add("va", "veth");
    Add("far", "veth");
    Connect("p1", "end1");
    Find("va")->lower_is_elsewhere = true;
  }

  const std::vector<LinkState>& links() const { return links_; }

 private:
  LinkState* Find(const std::string& name) {
    return &*std::ranges::find(links_, name, &LinkState::name);
  }
  int IndexOf(const std::string& name) {
    for (size_t i = 0; i < names_.size(); ++i) {
      if (names_[i] == name) return static_cast<int>(i) + 1;
    }
    names_.push_back(name);
    return static_cast<int>(names_.size());
  }
  void Add(const std::string& name, const std::string& kind,
           const std::string& master = "", const std::string& lower = "") {
    LinkState link;
    link.name = name;
    link.index = IndexOf(name);
    link.kind = kind;
    link.is_bridge = kind == "bridge";
    link.master_index = master.empty() ? 0 : IndexOf(master);
    link.lower_index = lower.empty() ? 0 : IndexOf(lower);
    links_.push_back(link);
  }
  void Connect(const std::string& a, const std::string& b) {
    Find(a)->lower_index = Find(b)->index;
    Find(b)->lower_index = Find(a)->index;
  }

  std::vector<std::string> names_;
  std::vector<LinkState> links_;
};

struct OverlapCase {
  const char* name;
  std::vector<std::string> chosen;
  std::vector<Pair> pairs;
};

class OverlapTest : public testing::TestWithParam<OverlapCase> {};

TEST_P(OverlapTest, ListsThePairsThatSeeAPacketTwice) {
  std::vector<Pair> pairs;
  for (const Overlap& overlap :
       FindOverlaps(GetParam().chosen, Machine().links())) {
    pairs.emplace_back(overlap.interface, overlap.with);
  }
  EXPECT_EQ(pairs, GetParam().pairs);
}

INSTANTIATE_TEST_SUITE_P(
    Table, OverlapTest,
    testing::Values(
        OverlapCase{"Nothing", {}, {}},
        OverlapCase{"OneInterface", {"eth0"}, {}},
        OverlapCase{"LoopbackAlone", {"lo"}, {}},
        OverlapCase{"TwoOfHardware", {"eth0", "eth1", "lo"}, {}},
        OverlapCase{"NamedTwice", {"eth0", "eth0"}, {{"eth0", "eth0"}}},
        OverlapCase{
            "NamedThreeTimes", {"eth0", "eth0", "eth0"}, {{"eth0", "eth0"}}},
        OverlapCase{"UnknownNamedTwice", {"x", "x"}, {{"x", "x"}}},
        OverlapCase{"UnknownWithKnown", {"x", "eth0"}, {}},
        OverlapCase{"AnyAlone", {"any"}, {{"any", "any"}}},
        OverlapCase{"AnyWithAnother",
                    {"eth0", "any"},
                    {{"any", "eth0"}, {"any", "any"}}},
        OverlapCase{
            "AnyWithLoopback", {"any", "lo"}, {{"any", "any"}, {"any", "lo"}}},
        OverlapCase{"BridgeWithOnePort", {"br0", "p1"}, {{"br0", "p1"}}},
        OverlapCase{"PortBeforeBridge", {"p1", "br0"}, {{"br0", "p1"}}},
        OverlapCase{"BridgeWithAllPorts",
                    {"br0", "p1", "p2"},
                    {{"br0", "p1"}, {"br0", "p2"}, {"p1", "p2"}}},
        OverlapCase{"PortsOfOneBridge", {"p2", "p3"}, {{"p2", "p3"}}},
        OverlapCase{"PortsOfTwoBridges", {"p1", "bond0"}, {}},
        OverlapCase{"BridgeWithForeignPort", {"br1", "p1"}, {}},
        OverlapCase{"BondWithMembers",
                    {"bond0", "eth2", "eth3"},
                    {{"bond0", "eth2"}, {"bond0", "eth3"}}},
        OverlapCase{"MembersOfOneBond", {"eth2", "eth3"}, {}},
        OverlapCase{
            "BridgeOverBondWithMember", {"br1", "eth2"}, {{"br1", "eth2"}}},
        OverlapCase{"VlanWithParent", {"eth0.7", "eth0"}, {{"eth0.7", "eth0"}}},
        OverlapCase{"VlansOfOneParent", {"eth0.7", "eth0.8"}, {}},
        OverlapCase{"VlanInVlanWithParent",
                    {"eth0", "eth0.7.9"},
                    {{"eth0.7.9", "eth0"}}},
        OverlapCase{"VlanOfBridgeWithPort", {"br0.5", "p2"}, {{"br0.5", "p2"}}},
        OverlapCase{
            "ParentBehindABridge", {"eth0", "eth3"}, {{"eth0", "eth3"}}},
        OverlapCase{"MacvlanWithParent", {"eth1", "mac0"}, {{"mac0", "eth1"}}},
        OverlapCase{"IpvlanWithParent", {"eth1", "ip0"}, {{"ip0", "eth1"}}},
        OverlapCase{"MacvlanWithIpvlan", {"mac0", "ip0"}, {}},
        OverlapCase{"TunnelWithItsCarrier", {"gre0", "eth1"}, {}},
        OverlapCase{"EndsOfOneVeth", {"end1", "p1"}, {{"end1", "p1"}}},
        OverlapCase{"VethsOfTwoPairs", {"va", "far"}, {}},
        OverlapCase{
            "VethWhoseOtherEndIsAPort", {"end1", "br0"}, {{"br0", "end1"}}},
        OverlapCase{
            "VethEndWithAnotherPort", {"end1", "p3"}, {{"end1", "p3"}}}),
    [](const auto& test) { return std::string(test.param.name); });

std::string ReasonOf(const std::vector<std::string>& chosen) {
  const auto overlaps = FindOverlaps(chosen, Machine().links());
  return overlaps.empty() ? "" : overlaps.front().reason;
}

TEST(OverlapReasonTest, DescribesHowTheTwoAreRelated) {
  EXPECT_EQ(ReasonOf({"br0", "p1"}), "p1 is a port of br0");
  EXPECT_EQ(ReasonOf({"bond0", "eth2"}), "eth2 is a port of bond0");
  EXPECT_EQ(ReasonOf({"eth0", "eth0.7"}), "eth0.7 is stacked on eth0");
  EXPECT_EQ(ReasonOf({"eth0", "eth0.7.9"}), "eth0.7.9 is stacked on eth0");
  EXPECT_EQ(ReasonOf({"end1", "p1"}),
            "end1 and p1 are the ends of one veth pair");
  EXPECT_EQ(ReasonOf({"p1", "p2"}), "br0 forwards packets between p1 and p2");
  EXPECT_EQ(ReasonOf({"eth0", "eth0"}), "eth0 is named twice");
  EXPECT_EQ(ReasonOf({"any", "eth0"}).substr(0, 8), "any capt");
}

// An index that is valid in another namespace only.
TEST(OverlapReasonTest, IgnoresTheIndexOfAnotherNamespace) {
  LinkState here;
  here.name = "a";
  here.index = 5;
  here.kind = "veth";
  LinkState there = here;
  there.name = "b";
  there.index = 6;
  there.lower_is_elsewhere = true;  // the peer's index is then not reported
  EXPECT_THAT(FindOverlaps({"a", "b"}, {here, there}), IsEmpty());
}

TEST(OverlapReasonTest, EndsIfLinksFormACycle) {
  LinkState a;
  a.name = "a";
  a.index = 1;
  a.kind = "vlan";
  a.lower_index = 2;
  LinkState b = a;
  b.name = "b";
  b.index = 2;
  b.lower_index = 1;
  EXPECT_THAT(FindOverlaps({"a", "b"}, {a, b}), testing::SizeIs(1));
}

}  // namespace
}  // namespace ntm
