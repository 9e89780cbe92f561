#include "modules/usage/usage_attribution.h"

#include <gtest/gtest.h>

#include <map>

#include "usage_fixture.h"

namespace ntm::usage {
namespace {

using test::Flows;

std::map<UsageKey, Bytes> Of(const Snapshot& snapshot) {
  UsageAttribution attribution;
  UsageTable table;
  for (size_t i = 0; i < snapshot.flows.size(); ++i) {
    attribution.Add(snapshot, i, snapshot.flows[i].bytes, &table);
  }
  std::map<UsageKey, Bytes> rows;
  for (const auto& [key, row] : table.rows()) rows[key] = row.bytes;
  return rows;
}

using Rows = std::map<UsageKey, Bytes>;

TEST(UsageAttributionTest, TheLocalEndIsTheHost) {
  EXPECT_EQ(Of(Flows()
                   .Add("10.0.0.1", "1.1.1.1", 100)
                   .Add("1.1.1.1", "10.0.0.1", 900)
                   .snapshot),
            (Rows{{{"10.0.0.1", "https"}, {900, 100}}}));
}

TEST(UsageAttributionTest, BetweenLocalEndsBothCount) {
  EXPECT_EQ(
      Of(Flows().Add("10.0.0.1", "10.0.0.2", 100, 22).snapshot),
      (Rows{{{"10.0.0.1", "ssh"}, {0, 100}}, {{"10.0.0.2", "ssh"}, {100, 0}}}));
}

TEST(UsageAttributionTest, WhatHasNoLocalEndIsTransit) {
  EXPECT_EQ(Of(Flows()
                   .Add("1.1.1.1", "8.8.8.8", 100)
                   .Add("internet", "8.8.8.8", 1)
                   .snapshot),
            (Rows{{{kTransit, "https"}, {101, 0}}}));
}

TEST(UsageAttributionTest, TheSumsPastTheSeriesLimitAreOther) {
  EXPECT_EQ(Of(Flows().Add("other", "other", 100).snapshot),
            (Rows{{{kOther, "https"}, {100, 0}}}));
}

TEST(UsageAttributionTest, WithoutALabelTheOtherEndStillCounts) {
  EXPECT_EQ(
      Of(Flows().Add("10.0.0.1", "", 100).Add("", "", 1).snapshot),
      (Rows{{{"10.0.0.1", "https"}, {0, 100}}, {{kOther, "https"}, {1, 0}}}));
}

TEST(UsageAttributionTest, GroupsAreNobody) {
  EXPECT_EQ(Of(Flows()
                   .Add("10.0.0.1", "239.255.255.250", 100, 1)
                   .Add("10.0.0.1", "255.255.255.255", 10, 1)
                   .Add("fe80::1", "ff02::fb", 1, 1)
                   .snapshot),
            (Rows{{{"10.0.0.1", ""}, {0, 110}}, {{"fe80::1", ""}, {0, 1}}}));
}

TEST(UsageAttributionTest, NetworksAreNamedAsSuch) {
  Flows flows;
  flows.snapshot.labels.src_prefix.ipv4 = 24;
  flows.Add("10.0.0.0", "1.1.1.1", 100);
  EXPECT_EQ(Of(flows.snapshot), (Rows{{{"10.0.0.0/24", "https"}, {0, 100}}}));
}

TEST(UsageAttributionTest, AnonymizedAHostIsItsAlias) {
  Flows flows;
  Anonymizer::Key key{};
  flows.snapshot.anonymizer = std::make_shared<const Anonymizer>(key);
  flows.Add("10.0.0.1", "1.1.1.1", 100).Add("1.1.1.1", "8.8.8.8", 1);
  const std::string alias =
      ToString(flows.snapshot.anonymizer->Alias(test::At("10.0.0.1")));
  ASSERT_NE(alias, "10.0.0.1");
  EXPECT_EQ(Of(flows.snapshot), (Rows{{{alias, "https", true}, {0, 100}},
                                      {{kTransit, "https"}, {1, 0}}}));
}

TEST(UsageAttributionTest, ANameIsLocalIfAnAddressOfItIs) {
  HostNames::Map names;
  names[test::At("10.0.0.1")] = {"nas", NameSource::kStatic};
  names[test::At("1.1.1.1")] = {"one.example", NameSource::kPtr};
  Flows flows;
  const auto named = std::make_shared<const NamedHosts>(
      std::make_shared<const HostNames>(names), 7, nullptr,
      std::span<const Flow>());
  flows.snapshot.names = named;
  Flow flow;
  flow.key = FlowKey::Of(named->Find(test::At("10.0.0.1"), 1),
                         named->Find(test::At("1.1.1.1"), 1), test::kTcp,
                         flows.snapshot.services->Find(test::kTcp, 22));
  flow.bytes = 5;
  flow.packets = 1;
  flows.snapshot.flows.push_back(flow);
  EXPECT_EQ(Of(flows.snapshot), (Rows{{{"nas", "ssh"}, {0, 5}}}));
}

}  // namespace
}  // namespace ntm::usage
