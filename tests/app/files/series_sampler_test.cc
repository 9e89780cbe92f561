#include "app/files/series_sampler.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace ntm {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;
using testing::UnorderedElementsAre;

constexpr int64_t kStepMs = 15'000;
constexpr int64_t kMinuteMs = 60'000;
// A multiple of the step.
constexpr int64_t kStartMs = 1'700'000'010'000;

using Samples = std::vector<std::pair<int64_t, double>>;

struct CollectedSeries final : SampleSpool::Reader {
  void OnSeries(const SeriesId& /*id*/, const std::string& text) override {
    current = &series[text];
  }
  // Times are relative to kStartMs.
  void OnSample(int64_t time_ms, const SampleValue& value) override {
    current->emplace_back(time_ms - kStartMs,
                          value.is_integer ? static_cast<double>(value.bits)
                                           : std::bit_cast<double>(value.bits));
  }
  std::map<std::string, Samples> series;
  Samples* current = nullptr;
};

class SeriesSamplerTest : public testing::Test {
 protected:
  static constexpr auto kDue = SeriesSampler::Keep::kDueSeries;
  static constexpr auto kAll = SeriesSampler::Keep::kEverySeries;

  // Counter `c` and its value, `after` ms from the start.
  void Counter(int64_t after, const std::string& samples,
               SeriesSampler::Keep keep = kDue) {
    sampler_.Take(kStartMs + after,
                  "# HELP c Counts.\n# TYPE c counter\n" + samples + "# EOF\n",
                  keep);
  }
  void Gauge(int64_t after, const std::string& value) {
    sampler_.Take(kStartMs + after, "# TYPE g gauge\ng " + value + "\n# EOF\n",
                  kDue);
  }
  void RepeatUntil(int64_t from, int64_t to) {
    for (int64_t after = from; after < to; after += kStepMs) {
      sampler_.Repeat(kStartMs + after);
    }
  }
  std::map<std::string, Samples> Read() {
    CollectedSeries collected;
    spool_.ReadSorted(&collected);
    return collected.series;
  }

  SampleSpool spool_{testing::TempDir()};
  SeriesSampler sampler_{kStepMs, &spool_};
};

TEST_F(SeriesSamplerTest, StartsACounterWithZeroOneStepBefore) {
  Counter(0, "c_total{a=\"x\"} 7\n");
  Counter(kStepMs, "c_total{a=\"x\"} 9\n");
  EXPECT_THAT(Read(),
              ElementsAre(Pair("c_total{a=\"x\"}",
                               ElementsAre(Pair(-kStepMs, 0), Pair(0, 7),
                                           Pair(kStepMs, 9)))));
}

TEST_F(SeriesSamplerTest, StartsAGaugeWithItsValue) {
  Gauge(0, "7");
  EXPECT_THAT(Read(), ElementsAre(Pair("g", ElementsAre(Pair(0, 7)))));
}

TEST_F(SeriesSamplerTest, WritesNothingBefore1970) {
  sampler_.Take(0, "# TYPE c counter\nc_total 7\n", kDue);
  EXPECT_THAT(Read(),
              ElementsAre(Pair("c_total", ElementsAre(Pair(-kStartMs, 7)))));
}

TEST_F(SeriesSamplerTest, ReadsEveryKindOfValue) {
  Gauge(0, "-1.5");
  Gauge(kStepMs, "+Inf");
  Gauge(2 * kStepMs, "-Inf");
  Gauge(3 * kStepMs, "0.25");
  const Samples read = Read()["g"];
  ASSERT_EQ(read.size(), 4U);
  EXPECT_EQ(read[0].second, -1.5);
  EXPECT_EQ(read[1].second, HUGE_VAL);
  EXPECT_EQ(read[2].second, -HUGE_VAL);
  EXPECT_EQ(read[3].second, 0.25);
}

TEST_F(SeriesSamplerTest, AcceptsSpacesBracesAndQuotesInALabel) {
  Counter(0, "c_total{a=\"x\\\" } 5\"} 1\n");
  EXPECT_THAT(Read(), ElementsAre(Pair("c_total{a=\"x\\\" } 5\"}",
                                       testing::SizeIs(2))));
}

TEST_F(SeriesSamplerTest, WritesEachStepForFiveMinutesAfterTheLastChange) {
  Counter(0, "c_total 7\n");
  RepeatUntil(kStepMs, 5 * kMinuteMs + kStepMs);
  EXPECT_EQ(Read()["c_total"].size(), 1U + 1 + 20);
}

TEST_F(SeriesSamplerTest, LaterWritesASampleAtLeastEveryFiveMinutes) {
  Counter(0, "c_total 7\n");
  RepeatUntil(kStepMs, 60 * kMinuteMs);
  const Samples read = Read()["c_total"];
  for (size_t i = 1; i < read.size(); ++i) {
    EXPECT_LT(read[i].first - read[i - 1].first, 5 * kMinuteMs);
  }
  EXPECT_GT(read.back().first, 55 * kMinuteMs);
  // 22 samples as above, then one in four minutes.
  EXPECT_LE(read.size(), 22U + 55 / 4 + 1);
}

TEST_F(SeriesSamplerTest, WritesTheOldValueOneStepBeforeTheNextChange) {
  Counter(0, "c_total 7\n");
  Counter(20 * kMinuteMs, "c_total 8\n");
  EXPECT_THAT(Read()["c_total"], ElementsAre(Pair(-kStepMs, 0), Pair(0, 7),
                                             Pair(20 * kMinuteMs - kStepMs, 7),
                                             Pair(20 * kMinuteMs, 8)));
}

TEST_F(SeriesSamplerTest, WritesEverySeriesAtTheEnd) {
  Counter(0, "c_total{a=\"x\"} 7\nc_total{a=\"y\"} 1\n");
  RepeatUntil(kStepMs, 11 * kMinuteMs);
  Counter(11 * kMinuteMs, "c_total{a=\"x\"} 7\nc_total{a=\"y\"} 2\n", kAll);
  for (const auto& [text, samples] : Read()) {
    EXPECT_EQ(samples.back().first, 11 * kMinuteMs) << text;
  }
}

TEST_F(SeriesSamplerTest, RestartsAnEndedSeriesWithZero) {
  Counter(0, "c_total{a=\"x\"} 7\n");
  Counter(kStepMs, "");
  RepeatUntil(2 * kStepMs, 4 * kStepMs);
  Counter(4 * kStepMs, "c_total{a=\"x\"} 2\n");
  EXPECT_THAT(Read()["c_total{a=\"x\"}"],
              ElementsAre(Pair(-kStepMs, 0), Pair(0, 7), Pair(3 * kStepMs, 0),
                          Pair(4 * kStepMs, 2)));
}

// There is no step between end and restart: the last value stays, and times are
// strictly increasing.
TEST_F(SeriesSamplerTest, RestartsASeriesRightAfterItsEnd) {
  Counter(0, "c_total{a=\"x\"} 7\n");
  Counter(kStepMs, "");
  Counter(2 * kStepMs, "c_total{a=\"x\"} 2\n");
  EXPECT_THAT(Read()["c_total{a=\"x\"}"],
              ElementsAre(Pair(-kStepMs, 0), Pair(0, 7), Pair(kStepMs, 0),
                          Pair(2 * kStepMs, 2)));
}

TEST_F(SeriesSamplerTest, KeepsEachHeadOnce) {
  EXPECT_THAT(sampler_.heads(), IsEmpty());
  Counter(0, "c_total 7\n");
  Gauge(kStepMs, "1");
  Counter(2 * kStepMs, "c_total 7\n");
  EXPECT_THAT(
      sampler_.heads(),
      ElementsAre("# HELP c Counts.\n# TYPE c counter\n", "# TYPE g gauge\n"));
}

TEST_F(SeriesSamplerTest, DistinguishesSeriesOfOneFamily) {
  Counter(0, "c_total{a=\"x\"} 7\nc_total{a=\"y\"} 8\nc_total 9\n");
  EXPECT_THAT(
      Read(),
      UnorderedElementsAre(
          Pair("c_total", ElementsAre(Pair(-kStepMs, 0), Pair(0, 9))),
          Pair("c_total{a=\"x\"}", ElementsAre(Pair(-kStepMs, 0), Pair(0, 7))),
          Pair("c_total{a=\"y\"}",
               ElementsAre(Pair(-kStepMs, 0), Pair(0, 8)))));
}

}  // namespace
}  // namespace ntm
