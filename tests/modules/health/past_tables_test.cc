#include "modules/health/past_tables.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>

#include "modules/health/past_record.h"
#include "ntm/base/unix_time.h"
#include "past_fixture.h"

namespace ntm::health {
namespace {

using test::kWholeHour;

class PastTablesTest : public testing::Test {
 protected:
  PastTablesTest() {
    std::string name =
        (std::filesystem::temp_directory_path() / "ntm-health-XXXXXX");
    folder_ = mkdtemp(name.data());
    database_ =
        std::make_unique<Database>(folder_ + "/history.db", OpenMode::kWrite);
    for (const auto& sql : PastMigrations()) database_->Execute(sql);
  }
  ~PastTablesTest() override { std::filesystem::remove_all(folder_); }

  static PastBucket BucketOf(int64_t begin_s, int seconds) {
    test::Network network;
    const Sums before = SumsOf(network.snapshot);
    for (int i = 0; i < seconds; ++i) network.Pass(begin_s);
    return BucketBetween(before, SumsOf(network.snapshot), seconds);
  }
  PastBuckets Read(int64_t step_seconds) {
    return ReadPast(step_seconds, 0, kWholeHour + kDaySeconds, database_.get());
  }
  // What is written in ten hours, in which each second has so many answers of
  // each kind, in as many buckets.
  int64_t BytesPerMinute(int64_t begin_s, int64_t answers) {
    constexpr int64_t kMinutes = 600;
    test::Network network;
    PastRecord record;
    record.KeepForWriting({});
    const uint64_t before = database_->written_bytes();
    for (int64_t second = 0; second < 60 * kMinutes; ++second) {
      for (int64_t i = 0; i < answers; ++i) {
        constexpr int64_t kNsPerMs = 1'000'000;
        const int64_t ns = (1 + i) * kNsPerMs;
        network.snapshot.health.tcp[0].handshakes[0].Observe(ns / 10);
        network.snapshot.health.tcp[0].handshakes[1].Observe(ns);
        network.snapshot.health.dns[0].responses_after.Observe(ns);
      }
      network.Pass(begin_s + second);
      record.Add(SumsOf(network.snapshot), 1);
      if (second % 60 != 59) continue;
      const auto unwritten = record.ToWrite();
      Transaction transaction(*database_);
      WritePast(unwritten.points, database_.get());
      transaction.Commit();
      record.Written(unwritten);
      database_->Checkpoint(1000);
    }
    return static_cast<int64_t>(database_->written_bytes() - before) / kMinutes;
  }
  std::string Text(const std::string& sql) {
    Statement statement(*database_, sql);
    return statement.Step() ? statement.Text(0) : "";
  }

  std::string folder_;
  std::unique_ptr<Database> database_;
};

TEST_F(PastTablesTest, ARowHasWhatTheBucketHas) {
  PastBucket bucket = BucketOf(kWholeHour, 30);
  bucket.attempts.unanswered = 7;
  bucket.attempts.dns_unanswered = 8;
  bucket.up = {90, 9};
  WritePast({{60, bucket}}, database_.get());
  const PastBuckets found = Read(60);
  ASSERT_EQ(found.size(), 1U);
  const PastBucket& b = found[0];
  EXPECT_EQ(b.begin_s, kWholeHour);
  EXPECT_EQ(b.watched_seconds, 30);
  EXPECT_EQ(b.remote.Packed(), bucket.remote.Packed());
  EXPECT_EQ(b.remote.count(), 30U);
  EXPECT_EQ(b.local.count(), 0U);
  EXPECT_EQ(b.dns.Packed(), bucket.dns.Packed());
  EXPECT_EQ(b.up.segments, 90U);
  EXPECT_EQ(b.up.retransmitted, 9U);
  EXPECT_EQ(b.down.segments, 300U);
  EXPECT_EQ(b.down.retransmitted, 30U);
  EXPECT_EQ(b.attempts.connections, 60U);
  EXPECT_EQ(b.attempts.refused, 30U);
  EXPECT_EQ(b.attempts.unanswered, 7U);
  EXPECT_EQ(b.attempts.dns_questions, 30U);
  EXPECT_EQ(b.attempts.dns_failures, 30U);
  EXPECT_EQ(b.attempts.dns_unanswered, 8U);
  EXPECT_TRUE(Read(900).empty());
  EXPECT_EQ(Text("SELECT timestamp || ' ' || round(internet_median_seconds, 2) "
                 "|| ' ' || round(dns_p95_seconds, 2) || ' ' || "
                 "(local_p95_seconds IS NULL) || ' ' || "
                 "typeof(internet_times) FROM health_history"),
            "2026-01-31T08:00:00 0.02 0.04 1 blob");
}

TEST_F(PastTablesTest, ARowThatWatchedForLongerIsKept) {
  WritePast({{60, BucketOf(kWholeHour, 30)}}, database_.get());
  WritePast({{60, BucketOf(kWholeHour, 20)}}, database_.get());
  EXPECT_EQ(Read(60).at(0).attempts.connections, 60U);
  WritePast({{60, BucketOf(kWholeHour, 40)}}, database_.get());
  ASSERT_EQ(Read(60).size(), 1U);
  EXPECT_EQ(Read(60).at(0).attempts.connections, 80U);
}

TEST_F(PastTablesTest, OpenMinutesAreThoseOfHoursThatAreNotComplete) {
  for (int64_t minute = 0; minute < 130; ++minute) {
    WritePast({{60, BucketOf(kWholeHour + 60 * minute, 1)}}, database_.get());
  }
  const int64_t now_s = kWholeHour + 130 * 60;
  EXPECT_EQ(ReadOpenMinutes(now_s, database_.get()).size(), 130U);
  WritePast({{3600, BucketOf(kWholeHour + 3600, 1)}}, database_.get());
  EXPECT_EQ(ReadOpenMinutes(now_s, database_.get()).size(), 70U);
  // Rows of a clock that was ahead are left alone.
  WritePast({{3600, BucketOf(kWholeHour + kDaySeconds, 1)},
             {60, BucketOf(kWholeHour + kDaySeconds, 1)}},
            database_.get());
  EXPECT_EQ(ReadOpenMinutes(now_s, database_.get()).size(), 70U);
}

// Which are about 0.3 MB a minute: docs/history.md.
TEST_F(PastTablesTest, AMinuteCostsATenthOfTheHistorysWritesAtMost) {
  constexpr int64_t kMostBytes = 300'000 / 10;
  const int64_t home = BytesPerMinute(kWholeHour - kDaySeconds, 15);
  const int64_t quiet = BytesPerMinute(kWholeHour, 0);
  const int64_t busy = BytesPerMinute(kWholeHour + kDaySeconds, 100);
  RecordProperty("home_bytes_per_minute", std::to_string(home));
  RecordProperty("quiet_bytes_per_minute", std::to_string(quiet));
  RecordProperty("busy_bytes_per_minute", std::to_string(busy));
  EXPECT_GT(quiet, 0);
  EXPECT_LE(quiet, busy);
  EXPECT_LE(home, busy);
  EXPECT_LE(busy, kMostBytes);
}

TEST_F(PastTablesTest, EachTierIsDeletedInItsTimeAndInSlices) {
  const auto write = [this](int64_t step_seconds, int64_t days) {
    WritePast({{step_seconds, BucketOf(kWholeHour - days * kDaySeconds, 1)}},
              database_.get());
  };
  for (const int64_t days : {1, 4, 5, 63, 401}) {
    for (const Tier& tier : kPastTiers) write(tier.step_seconds, days);
  }
  const auto remove = [this](int64_t days, int64_t limit) {
    return DeleteOldPast(kWholeHour, days, limit, database_.get());
  };
  EXPECT_EQ(remove(30, 3), 3);
  EXPECT_EQ(remove(30, 500), 4);
  EXPECT_EQ(Read(60).size(), 1U);
  EXPECT_EQ(Read(900).size(), 3U);
  EXPECT_EQ(Read(3600).size(), 4U);
  write(3600, 401);
  EXPECT_EQ(remove(0, 500), 0);
  EXPECT_EQ(Read(3600).size(), 5U);
}

}  // namespace
}  // namespace ntm::health
