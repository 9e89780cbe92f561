#include "modules/health/past_answer.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <stdexcept>

#include "past_fixture.h"

namespace ntm::health {
namespace {

using test::kWholeHour;

TEST(PastAnswerTest, TheStepSuitsThePeriod) {
  struct Case {
    const char* hours;
    int64_t tier_seconds;
    int64_t step_seconds;
  };
  for (const auto& [hours, tier, step] :
       {Case{"1", 60, 60}, Case{"24", 60, 240}, Case{"72", 60, 720},
        Case{"73", 900, 900}, Case{"168", 900, 1800}, Case{"720", 3600, 7200},
        Case{"1488", 3600, 5 * 3600}, Case{"9600", 3600, 27 * 3600}}) {
    const PastQuestion question =
        ParsePastQuestion({{"hours", hours}}, kWholeHour, true);
    EXPECT_EQ(question.tier_seconds, tier) << hours;
    EXPECT_EQ(question.step_seconds, step) << hours;
    EXPECT_LE((question.to_s - question.from_s) / question.step_seconds + 1,
              kMostPoints);
  }
  EXPECT_EQ(ParsePastQuestion({}, kWholeHour, true).from_s,
            kWholeHour - kDaySeconds);
}

TEST(PastAnswerTest, WithoutADatabaseThereAreMinutes) {
  const PastQuestion question =
      ParsePastQuestion({{"hours", "720"}}, kWholeHour, false);
  EXPECT_EQ(question.tier_seconds, 60);
  EXPECT_EQ(question.step_seconds, 7200);
}

TEST(PastAnswerTest, WrongHoursAreRefused) {
  for (const char* hours : {"", "0", "-1", "x", "9601", "1h"}) {
    EXPECT_THROW(ParsePastQuestion({{"hours", hours}}, kWholeHour, true),
                 std::invalid_argument)
        << hours;
  }
}

TEST(PastAnswerTest, PointsAndTotalAreSumsWithTheirQuantiles) {
  PastBuckets buckets(4);
  test::Network network;
  Sums before = SumsOf(network.snapshot);
  for (size_t minute = 0; minute < buckets.size(); ++minute) {
    const int64_t begin_s = kWholeHour + 60 * static_cast<int64_t>(minute);
    for (int i = 0; i < 60; ++i) network.Pass(begin_s);
    const Sums now = SumsOf(network.snapshot);
    buckets[minute] = BucketBetween(before, now, 60);
    before = now;
  }
  const auto json = PastJson({kWholeHour, kWholeHour + 240, 60, 120}, buckets);
  EXPECT_EQ(json["from"], "2026-01-31T08:00:00Z");
  EXPECT_EQ(json["step_seconds"], 120);
  ASSERT_EQ(json["points"].size(), 2U);
  const auto& point = json["points"][1];
  EXPECT_EQ(point["timestamp"], "2026-01-31T08:02:00Z");
  EXPECT_EQ(point["watched_seconds"], 120);
  EXPECT_EQ(point["connections"]["count"], 240);
  EXPECT_EQ(point["connections"]["refused"], 120);
  EXPECT_EQ(point["down"]["retransmitted_ratio"], 0.1);
  EXPECT_TRUE(point["up"]["retransmitted_ratio"].is_null());
  EXPECT_TRUE(point["local"]["median_seconds"].is_null());
  EXPECT_NEAR(point["internet"]["median_seconds"], 0.02, 0.00044);
  EXPECT_EQ(json["total"]["dns"]["questions"], 240);
  EXPECT_EQ(json["total"]["internet"]["count"], 240);
  EXPECT_NEAR(json["total"]["dns"]["p95_seconds"], 0.04, 0.00088);
}

}  // namespace
}  // namespace ntm::health
