#include "modules/usage/usage_attribution.h"

#include <gtest/gtest.h>

#include <map>

#include "usage_fixture.h"

namespace ntm::usage {
namespace {

using test::Flows;

void AddAll(const Snapshot& snapshot, UsageAttribution* attribution,
            UsageTable* table) {
  for (size_t i = 0; i < snapshot.flows.size(); ++i) {
    attribution->Add(snapshot, i, snapshot.flows[i].bytes, table);
  }
  attribution->Settle(snapshot, table);
}

std::map<UsageKey, Bytes> Of(const Snapshot& snapshot) {
  UsageAttribution attribution;
  UsageTable table;
  AddAll(snapshot, &attribution, &table);
  std::map<UsageKey, Bytes> rows;
  for (const auto& [key, row] : table.rows()) rows[key] = row.bytes;
  return rows;
}

std::string Host(int number) {
  return "10.0." + std::to_string(number / 256) + "." +
         std::to_string(number % 256);
}

using Rows = std::map<UsageKey, Bytes>;

TEST(UsageAttributionTest, TheLocalEndIsTheHost) {
  EXPECT_EQ(Of(Flows()
                   .Add("10.0.0.1", "1.1.1.1", 100)
                   .Add("1.1.1.1", "10.0.0.1", 900)
                   .snapshot),
            (Rows{{{"10.0.0.1", "https"}, {900, 100}}}));
}

TEST(UsageAttributionTest, TrafficBetweenLocalHostsCountsForBoth) {
  EXPECT_EQ(
      Of(Flows().Add("10.0.0.1", "10.0.0.2", 100, 22).snapshot),
      (Rows{{{"10.0.0.1", "ssh"}, {0, 100}}, {{"10.0.0.2", "ssh"}, {100, 0}}}));
}

TEST(UsageAttributionTest, TrafficWithoutALocalEndIsTransit) {
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

TEST(UsageAttributionTest, TheLargestHostsGetRowsInAFullTable) {
  constexpr int kHosts = 4000;
  Flows flows;
  uint64_t sum = 0;
  for (int i = 1; i <= kHosts; ++i) {
    const auto bytes = static_cast<uint64_t>(i) * 10;
    flows.Add(Host(i), "1.1.1.1", bytes);
    sum += bytes;
  }
  UsageAttribution attribution;
  UsageTable table;
  AddAll(flows.snapshot, &attribution, &table);
  AddAll(flows.snapshot, &attribution, &table);
  EXPECT_LE(table.rows().size(), UsageTable::kMaxRows);
  EXPECT_EQ(table.rows().at({Host(kHosts), "https"}).bytes.out, 80'000U)
      << "the largest had a row from its first bytes on";
  uint64_t found = 0;
  for (const auto& [key, row] : table.rows()) found += row.bytes.sum();
  EXPECT_EQ(found, 2 * sum);
  EXPECT_GT(table.rows().at({kOther, "https"}).bytes.out, 0U);
}

TEST(UsageAttributionTest, RowsFromBeforeThisRunContinueInAFullTable) {
  UsageTable table;
  table.Add({Host(0), "https"}, {0, 1'000'000});
  for (int i = 1; table.rows().size() < UsageTable::kMaxRows; ++i) {
    table.Add({Host(i), "ssh"}, {0, 1'000});
  }
  Flows flows;
  flows.Add(Host(0), "1.1.1.1", 1);
  for (int i = 0; i < 2000; ++i) flows.Add(Host(i), "1.1.1.1", 10, 1);
  UsageAttribution attribution;
  AddAll(flows.snapshot, &attribution, &table);
  EXPECT_EQ(table.rows().at({Host(0), "https"}).bytes.out, 1'000'001U);
}

TEST(UsageAttributionTest, AddressesThatAreNoHostsAreOneRow) {
  EXPECT_EQ(Of(Flows()
                   .Add("10.0.0.1", "239.255.255.250", 100, 1)
                   .Add("10.0.0.1", "255.255.255.255", 10, 1)
                   .Add("fe80::1", "ff02::fb", 1, 1)
                   .Add("1.1.1.1", "224.0.1.1", 1000, 1)
                   .Add("0.0.0.0", "1.1.1.1", 10'000, 1)
                   .Add("", "10.255.255.255", 100'000, 1)
                   .snapshot),
            (Rows{{{"10.0.0.1", ""}, {0, 110}},
                  {{"fe80::1", ""}, {0, 1}},
                  {{kGroups, ""}, {101'111, 10'000}}}));
}

TEST(UsageAttributionTest, TheRowOfGroupsIsNoAliasAndIsNeverFolded) {
  Flows flows;
  Anonymizer::Key key{};
  flows.snapshot.anonymizer = std::make_shared<const Anonymizer>(key);
  flows.Add("224.0.0.1", "239.255.255.250", 100);
  EXPECT_EQ(Of(flows.snapshot),
            (Rows{{{kGroups, "https", false}, {100, 100}}}));
  flows.snapshot.anonymizer = nullptr;
  for (int i = 1; i <= 4000; ++i) flows.Add(Host(i), "1.1.1.1", 1000);
  EXPECT_EQ(Of(flows.snapshot).at({kGroups, "https"}), (Bytes{100, 100}));
}

TEST(UsageAttributionTest, NetworksAreShownWithTheirPrefix) {
  Flows flows;
  flows.snapshot.labels.src_prefix.ipv4 = 24;
  flows.Add("10.0.0.0", "1.1.1.1", 100);
  EXPECT_EQ(Of(flows.snapshot), (Rows{{{"10.0.0.0/24", "https"}, {0, 100}}}));
}

TEST(UsageAttributionTest, AnAnonymizedHostIsItsAlias) {
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

TEST(UsageAttributionTest, ANameIsLocalIfOneOfItsAddressesIs) {
  HostNames::Map names;
  names[test::At("10.0.0.1")] = {"nas", NameSource::kStatic};
  names[test::At("1.1.1.1")] = {"one.example", NameSource::kPtr};
  Flows flows;
  const auto named = std::make_shared<const NamedHosts>(
      std::make_shared<const HostNames>(names), 7, nullptr,
      std::span<const Flow>());
  flows.snapshot.names = named;
  Flow flow;
  flow.key =
      FlowKey::Make(named->Find(test::At("10.0.0.1"), Address(), 1),
                    named->Find(test::At("1.1.1.1"), Address(), 1), test::kTcp,
                    flows.snapshot.services->Find(test::kTcp, 22));
  flow.bytes = 5;
  flow.packets = 1;
  flows.snapshot.flows.push_back(flow);
  EXPECT_EQ(Of(flows.snapshot), (Rows{{{"nas", "ssh"}, {0, 5}}}));
}

}  // namespace
}  // namespace ntm::usage
