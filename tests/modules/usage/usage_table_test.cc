#include "modules/usage/usage_table.h"

#include <gtest/gtest.h>

namespace ntm::usage {
namespace {

Bytes SumOf(const UsageTable& table) {
  Bytes sum;
  for (const auto& [key, row] : table.rows()) sum += row.bytes;
  return sum;
}

UsageKey KeyOf(int number, const std::string& service = "https") {
  return {"10.0." + std::to_string(number / 256) + "." +
              std::to_string(number % 256),
          service};
}

TEST(UsageTableTest, SumsUpByHostAndService) {
  UsageTable table;
  table.Add({"10.0.0.1", "https"}, {100, 10});
  table.Add({"10.0.0.1", "ssh"}, {1, 2});
  table.Add({"10.0.0.1", "https"}, {200, 20});
  ASSERT_EQ(table.rows().size(), 2U);
  EXPECT_EQ(table.rows().at({"10.0.0.1", "https"}).bytes, (Bytes{300, 30}));
}

TEST(UsageTableTest, TwentyThousandHostsStayWithinTheBoundAndSumsAreExact) {
  UsageTable table;
  Bytes sum;
  for (int i = 0; i < 20'000; ++i) {
    const Bytes bytes{static_cast<uint64_t>(i % 97 + 1), 3};
    table.Add(KeyOf(i), bytes);
    sum += bytes;
    ASSERT_LE(table.rows().size(), UsageTable::kMaxRows);
  }
  EXPECT_EQ(SumOf(table), sum);
}

TEST(UsageTableTest, TheLargestStayAndMergedRowsKeepTheirService) {
  UsageTable table;
  table.Add(KeyOf(1), {1'000'000, 0});
  for (int i = 2; i < 5'000; ++i) {
    table.Add(KeyOf(i, i % 2 == 0 ? "https" : "ssh"), {10, 0});
  }
  EXPECT_EQ(table.rows().at(KeyOf(1)).bytes.in, 1'000'000U);
  uint64_t ssh = 0;
  for (const auto& [key, row] : table.rows()) {
    if (key.service == "ssh") ssh += row.bytes.in;
  }
  EXPECT_EQ(ssh, 2'499U * 10);
  EXPECT_GT(table.rows().at({kOther, "ssh"}).bytes.in, 0U);
}

TEST(UsageTableTest, TooManyServicesBecomeOther) {
  UsageTable table;
  for (int i = 0; i < 3'000; ++i) {
    table.Add(KeyOf(i, "service-" + std::to_string(i)), {7, 0});
  }
  EXPECT_LE(table.rows().size(), UsageTable::kMaxRows);
  EXPECT_EQ(SumOf(table).in, 3'000U * 7);
  EXPECT_GT(table.rows().at({kOther, kOther}).bytes.in, 0U);
}

TEST(UsageTableTest, ReportsChangesAndRemovalsSinceAVersion) {
  UsageTable table;
  table.Add(KeyOf(1), {1, 1});
  const uint64_t saved = table.version();
  table.Add(KeyOf(2), {1, 1});
  EXPECT_LE(table.rows().at(KeyOf(1)).changed, saved);
  EXPECT_GT(table.rows().at(KeyOf(2)).changed, saved);
  EXPECT_LE(table.folded(), saved);
  table.Fold(1);
  EXPECT_GT(table.folded(), saved);
}

}  // namespace
}  // namespace ntm::usage
