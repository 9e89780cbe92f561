#include "modules/packet_log/log_rows.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace ntm::packet_log {
namespace {

constexpr int64_t kSecond = 1'000'000'000;

LogRow Of(int64_t time_ns, ClassId traffic_class = kClassFile) {
  LogRow row;
  row.record.time_ns = time_ns;
  row.record.traffic_class = traffic_class;
  row.record.wire_bytes = 1250;
  return row;
}

std::vector<int64_t> Ids(const std::vector<LogRow>& rows) {
  std::vector<int64_t> ids;
  for (const LogRow& row : rows) ids.push_back(row.id);
  return ids;
}

TEST(LogRowsTest, AssignsIncreasingIds) {
  LogRows rows(10);
  rows.Add({Of(5'000'000), Of(5'000'000), Of(4'000'000)});
  EXPECT_THAT(Ids(rows.Page(kNoClass, 0, 0, 10)),
              testing::ElementsAre(5002, 5001, 5000));
}

TEST(LogRowsTest, ReturnsDisjointPages) {
  LogRows rows(100);
  for (int i = 1; i <= 10; ++i) rows.Add({Of(i * 1000)});
  EXPECT_THAT(Ids(rows.Page(kNoClass, 0, 0, 3)),
              testing::ElementsAre(10, 9, 8));
  EXPECT_THAT(Ids(rows.Page(kNoClass, 0, 3, 3)), testing::ElementsAre(7, 6, 5));
  rows.Add({Of(11'000)});
  EXPECT_THAT(Ids(rows.Page(kNoClass, 8, 0, 2)), testing::ElementsAre(7, 6));
  EXPECT_THAT(Ids(rows.Page(kNoClass, 0, 50, 3)), testing::IsEmpty());
}

TEST(LogRowsTest, FiltersByClass) {
  LogRows rows(100);
  for (int i = 1; i <= 10; ++i) {
    rows.Add({Of(i * 1000, i % 2 == 0 ? kClassVideo : kClassVoice)});
  }
  EXPECT_THAT(Ids(rows.Page(kClassVideo, 0, 1, 2)), testing::ElementsAre(8, 6));
}

TEST(LogRowsTest, KeepsTheNewest) {
  LogRows rows(3);
  for (int i = 1; i <= 10; ++i) rows.Add({Of(i * 1000)});
  EXPECT_EQ(rows.size(), 3U);
  const auto pending = rows.ToKeep();
  EXPECT_THAT(Ids(pending.rows), testing::ElementsAre(8, 9, 10));
  EXPECT_EQ(pending.oldest_id, 8);
  rows.KeptUpTo(10);
  rows.Add({Of(11'000)});
  EXPECT_THAT(Ids(rows.ToKeep().rows), testing::ElementsAre(11));
}

TEST(LogRowsTest, AddsOldRowsAfterNewOnes) {
  LogRows rows(4);
  rows.Add({Of(9'000)});
  LogRow newest = Of(7'000);
  newest.id = 7;
  LogRow older = Of(6'000);
  older.id = 6;
  rows.AddOld({newest, older});
  rows.AddOld({newest, older});  // the file is opened again
  EXPECT_THAT(Ids(rows.Page(kNoClass, 0, 0, 10)),
              testing::ElementsAre(9, 7, 6));
  EXPECT_THAT(Ids(rows.ToKeep().rows), testing::ElementsAre(9));
}

TEST(ClassThroughputTest, ReturnsThePreviousSecond) {
  ClassThroughput throughput(10);
  EXPECT_EQ(throughput.Add(Of(kSecond).record), 0);
  EXPECT_EQ(throughput.Add(Of(kSecond + 1).record), 0);
  EXPECT_EQ(throughput.Add(Of(kSecond + 2, kClassVideo).record), 0);
  // 2 × 1250 bytes of one packet in ten.
  EXPECT_DOUBLE_EQ(throughput.Add(Of(2 * kSecond).record), 0.2);
  EXPECT_DOUBLE_EQ(throughput.Add(Of(2 * kSecond, kClassVideo).record), 0.1);
  EXPECT_EQ(throughput.Add(Of(9 * kSecond).record), 0);
}

}  // namespace
}  // namespace ntm::packet_log
