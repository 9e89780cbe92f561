#include "modules/history/answer.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <stdexcept>

#include "history_fixture.h"
#include "modules/history/database_path.h"
#include "modules/history/store.h"

namespace ntm::history {
namespace {

using nlohmann::json;
using test::kStart;

constexpr int64_t kHour = 3600;

Question Parse(const std::map<std::string, std::string>& query) {
  return ParseQuestion(query, kStart);
}

TEST(QuestionTest, DefaultsToTheSumOfTheLast24Hours) {
  const Question question = Parse({});
  EXPECT_EQ(question.source, (SourceKey{"interface", "_total"}));
  EXPECT_EQ(question.period.from_s, kStart - 24 * kHour);
  EXPECT_EQ(question.period.to_s, kStart + 1);
  EXPECT_FALSE(question.step_seconds);
}

TEST(QuestionTest, ParsesPeriodStepAndSource) {
  EXPECT_EQ(Parse({{"hours", "168"}}).period.from_s, kStart - 168 * kHour);
  EXPECT_EQ(Parse({{"interface", "eth0"}}).source.name, "eth0");
  EXPECT_EQ(Parse({{"agent", "web1"}}).source, (SourceKey{"agent", "web1"}));
  const Question question = Parse({{"from", "2026-01-30T08:00:00Z"},
                                   {"to", "2026-01-30T09:00"},
                                   {"step", "15m"}});
  EXPECT_EQ(question.period.from_s, kStart - 24 * kHour);
  EXPECT_EQ(question.period.to_s, kStart - 23 * kHour);
  EXPECT_EQ(question.step_seconds, 900);
  EXPECT_EQ(Parse({{"step", "90"}}).step_seconds, 90);
}

TEST(QuestionTest, RefusesInvalidParameters) {
  const std::vector<std::map<std::string, std::string>> queries = {
      {{"hours", "0"}},
      {{"hours", "abc"}},
      {{"hours", "-1"}},
      {{"hours", "1.5"}},
      {{"hours", ""}},
      {{"hours", "99999999999999999999"}},
      {{"hours", "100000"}},
      {{"from", "yesterday"}},
      {{"to", "2026-02-30"}},
      {{"from", "2026-02-01"}, {"to", "2026-01-01"}},
      {{"step", "0"}},
      {{"step", "x"}},
      {{"step", "s"}},
      {{"step", ""}},
      {{"from", "1"}},
      {{"interface", "a"}, {"agent", "b"}},
      {{"hours", "1"}, {"from", "2026-01-01"}, {"to", "2026-01-02"}}};
  for (const auto& query : queries) {
    EXPECT_THROW(Parse(query), std::invalid_argument)
        << query.begin()->first << "=" << query.begin()->second;
  }
}

// Two days of minutes with a rate that increases every hour; the second day has
// twice the rate.
struct AnswerTest : ::testing::Test {
  void SetUp() override {
    recorder.KeepForWriting(true);
    for (int64_t minute = 0; minute < 2 * 24 * 60; ++minute) {
      const int64_t time_s = kStart - 48 * kHour + 60 * minute;
      const bool is_second_day = minute >= 24 * 60;
      const auto rate =
          static_cast<double>((1 + minute / 60 % 24) * (is_second_day ? 2 : 1));
      bytes += static_cast<uint64_t>(60 * rate);
      recorder.Take(test::Report(time_s, bytes, rate));
      if (minute == 2000) {
        const Batches batches = recorder.BeginWrite();
        Transaction transaction(*database);
        WriteBatches(batches, database.get());
        transaction.Commit();
        recorder.EndWrite(batches);
      }
    }
  }
  HistoryAnswer Ask(const std::map<std::string, std::string>& query) {
    return Answer(ParseQuestion(query, kStart), kStart, &reader);
  }

  test::Folder folder;
  std::unique_ptr<Database> database = OpenOwned(folder / "history.db");
  Recorder recorder;
  Reader reader{folder / "history.db", &recorder};
  uint64_t bytes = 0;
};

TEST_F(AnswerTest, ADayHasAPointPerMinuteFromTheDatabaseAndFromMemory) {
  const HistoryAnswer answer = Ask({{"hours", "24"}, {"interface", "eth0"}});
  EXPECT_EQ(answer.step_seconds, 60);
  ASSERT_EQ(answer.points.size(), 24U * 60);
  for (size_t i = 0; i < answer.points.size(); ++i) {
    EXPECT_EQ(answer.points[i].begin_s,
              kStart - 24 * kHour + 60 * static_cast<int64_t>(i));
  }
}

TEST_F(AnswerTest, HasPeakMeanTotalAndTheChangeToThePeriodBefore) {
  const HistoryAnswer answer = Ask({{"hours", "24"}});
  EXPECT_DOUBLE_EQ(answer.summary.receive_peak->bytes_per_second, 48);
  EXPECT_EQ(answer.summary.receive_peak->time_s, kStart - kHour);
  EXPECT_DOUBLE_EQ(answer.summary.receive_mean, 25);
  EXPECT_EQ(answer.summary.receive_bytes, 25U * 86400);
  EXPECT_DOUBLE_EQ(answer.previous.receive_mean, 12.5);
  const json parsed = json::parse(ToJson(answer).dump());
  EXPECT_DOUBLE_EQ(parsed["change_percent"]["receive"], 100);
  EXPECT_DOUBLE_EQ(parsed["change_percent"]["transmit"], 100);
  EXPECT_EQ(parsed["peak"]["receive"]["timestamp"], "2026-01-31T07:00:00Z");
  EXPECT_DOUBLE_EQ(parsed["mean"]["receive_bytes_per_second"], 25);
  EXPECT_EQ(parsed["points"].size(), 24U * 60);
  EXPECT_EQ(parsed["points"][0]["timestamp"], "2026-01-30T08:00:00Z");
  EXPECT_EQ(parsed["interface"], "_total");
}

TEST_F(AnswerTest, EveryPeriodShowsAllData) {
  for (const char* hours : {"1", "24", "168", "720"}) {
    const HistoryAnswer answer = Ask({{"hours", hours}});
    ASSERT_FALSE(answer.points.empty()) << hours;
    EXPECT_LE(answer.points.size(), 1500U);
    EXPECT_GE(answer.points.front().begin_s, answer.question.period.from_s);
    const int64_t span =
        answer.points.back().begin_s - answer.points.front().begin_s;
    EXPECT_GE(span + 2 * answer.step_seconds + 60,
              std::min<int64_t>(std::stoll(hours), 48) * kHour)
        << hours;
  }
}

TEST_F(AnswerTest, AStepGroupsThePointsWithoutLosingAByte) {
  const HistoryAnswer fine = Ask({{"hours", "24"}});
  const HistoryAnswer coarse = Ask({{"hours", "24"}, {"step", "2h"}});
  EXPECT_EQ(coarse.step_seconds, 7200);
  EXPECT_EQ(coarse.points.size(), 12U);
  EXPECT_EQ(coarse.summary.receive_bytes, fine.summary.receive_bytes);
  EXPECT_NEAR(coarse.summary.receive_mean, fine.summary.receive_mean, 1e-9);
  EXPECT_DOUBLE_EQ(coarse.summary.receive_peak->bytes_per_second, 48);
}

TEST_F(AnswerTest, PointsInTheFutureAreIgnored) {
  for (int64_t minute = 1; minute < 60; ++minute) {
    recorder.Take(test::Report(kStart + 9 * 24 * kHour + 60 * minute,
                               bytes += 1'000'000, 1e6));
  }
  const HistoryAnswer all =
      Ask({{"from", "2026-01-30T08:00:00Z"}, {"to", "2026-03-01T08:00:00Z"}});
  ASSERT_FALSE(all.points.empty());
  EXPECT_LE(all.points.back().begin_s, kStart);
  EXPECT_EQ(all.summary.receive_bytes, 25U * 86400);
  EXPECT_EQ(all.question.period.to_s - all.question.period.from_s,
            30 * 24 * kHour);
  const HistoryAnswer ahead =
      Ask({{"from", "2026-02-05T08:00:00Z"}, {"to", "2026-02-15T08:00:00Z"}});
  EXPECT_TRUE(ahead.points.empty());
  // Not before its time.
  const int64_t later_s = kStart + 20 * 24 * kHour;
  EXPECT_FALSE(
      Answer(ParseQuestion({{"hours", "480"}}, later_s), later_s, &reader)
          .points.empty());
}

TEST_F(AnswerTest, AnUnknownSourceHasNoPoints) {
  const HistoryAnswer answer = Ask({{"interface", "eth9"}});
  EXPECT_TRUE(answer.points.empty());
  const json parsed = json::parse(ToJson(answer).dump());
  EXPECT_TRUE(parsed["peak"]["receive"].is_null());
  EXPECT_TRUE(parsed["change_percent"]["receive"].is_null());
}

TEST_F(AnswerTest, CsvHasALinePerPoint) {
  const std::string csv = ToCsv(Ask({{"hours", "24"}}));
  EXPECT_EQ(std::count(csv.begin(), csv.end(), '\n'), 24 * 60 + 1);
  EXPECT_NE(csv.find("\n2026-01-30T08:00:00Z,2,2,2,4,4,4,120,240\n"),
            std::string::npos);
}

}  // namespace
}  // namespace ntm::history
