#include "modules/forecast/forecaster.h"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <iterator>
#include <limits>

#include "made_up_series.h"
#include "modules/forecast/backtest.h"

namespace ntm::forecast {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr size_t kDay = 96;

// Bins of 15 minutes: a month of data in a third of the bins.
ForecasterOptions Options(Target target = Target::kMean) {
  ForecasterOptions options;
  options.day_bins = kDay;
  options.capacity = 28 * kDay;
  options.horizons = {1, 4, kDay};
  options.target = target;
  return options;
}

void Train(Forecaster* forecaster) {
  Training training = forecaster->BeginTraining(false);
  training.models.Train(training.time_series, training.anew, {});
  forecaster->Adopt(std::move(training));
}

void Feed(const std::vector<double>& values, size_t train_at,
          Forecaster* forecaster) {
  for (size_t i = 0; i < values.size(); ++i) {
    forecaster->Append(values[i]);
    if (i + 1 == train_at) Train(forecaster);
  }
}

void ExpectSame(const Forecaster& a, const Forecaster& b) {
  ASSERT_EQ(a.forecasts().size(), b.forecasts().size());
  for (size_t k = 0; k < a.forecasts().size(); ++k) {
    const Forecast& one = a.forecasts()[k];
    const Forecast& other = b.forecasts()[k];
    EXPECT_EQ(one.mean, other.mean);
    EXPECT_EQ(one.lower, other.lower);
    EXPECT_EQ(one.upper, other.upper);
    EXPECT_EQ(one.required, other.required);
    for (size_t m = 0; m < kMembers; ++m) {
      const bool none = std::isnan(one.members[m]);
      EXPECT_EQ(none, std::isnan(other.members[m])) << MemberName(m);
      if (none) continue;
      EXPECT_EQ(one.members[m], other.members[m]) << MemberName(m);
    }
  }
}

TEST(ForecasterTest, ContinuesBitIdenticallyFromASavedState) {
  const auto values = test::MakeLink(20 * kDay, kDay, 5);
  Forecaster whole(Options());
  whole.Begin(1000);
  Feed(values, 17 * kDay, &whole);
  Forecaster first(Options());
  first.Begin(1000);
  const auto cut = values.begin() + 18 * kDay;
  Feed({values.begin(), cut}, 17 * kDay, &first);
  Forecaster second(Options());
  ASSERT_TRUE(second.Load(first.Save()));
  ExpectSame(first, second);
  Feed({cut, values.end()}, 0, &second);
  ExpectSame(whole, second);
  Train(&whole);
  Train(&second);
  whole.Append(values.back());
  second.Append(values.back());
  ExpectSame(whole, second);
  EXPECT_EQ(whole.Save(), second.Save());
}

TEST(ForecasterTest, IsResetByADamagedState) {
  Forecaster forecaster(Options());
  forecaster.Begin(0);
  Feed(test::MakeLink(3 * kDay, kDay, 5), 0, &forecaster);
  const std::string state = forecaster.Save();
  for (const size_t length : {size_t{0}, size_t{30}, state.size() / 2}) {
    EXPECT_FALSE(forecaster.Load(state.substr(0, length)));
    EXPECT_TRUE(forecaster.time_series().empty());
  }
  EXPECT_FALSE(forecaster.Load(state + "x"));
  ForecasterOptions other = Options();
  other.day_bins = 2 * kDay;
  EXPECT_FALSE(Forecaster(other).Load(state));
  EXPECT_TRUE(forecaster.Load(state));
}

// The file was written by the version before LstmGate.
TEST(ForecasterTest, ContinuesFromAStateOfTheVersionBefore) {
  std::ifstream in(NTM_OLD_STATE, std::ios::binary);
  const std::string state(std::istreambuf_iterator<char>(in), {});
  ASSERT_FALSE(state.empty());
  ForecasterOptions options;
  options.day_bins = 24;
  options.capacity = 168;
  options.horizons = {1, 24};
  Forecaster forecaster(options);
  ASSERT_TRUE(forecaster.Load(state));
  ASSERT_EQ(forecaster.forecasts().size(), 2U);
  // As that version published them.
  EXPECT_NEAR(forecaster.forecasts()[0].mean, 2974042.75, 0.01);
  EXPECT_NEAR(forecaster.forecasts()[1].mean, 7758878.44, 0.01);
  EXPECT_EQ(forecaster.forecasts()[1].pool.published(),
            forecaster.forecasts()[1].mean);
  EXPECT_FALSE(forecaster.pool(1).lstm_gate().open());
  EXPECT_EQ(forecaster.pool(0).credited(), 119U);
  EXPECT_EQ(forecaster.time_series().end(), 1120);
  const auto settled = forecaster.Append(1e6);
  ASSERT_EQ(settled.size(), 2U);
  EXPECT_EQ(settled[0].actual, 1e6);
  Forecaster again(options);
  ASSERT_TRUE(again.Load(forecaster.Save()));
  ExpectSame(forecaster, again);
  EXPECT_FALSE(forecaster.Load(state + "x"));
}

TEST(ForecasterTest, NoForecastUsesLaterValues) {
  auto values = test::MakeLink(20 * kDay, kDay, 5);
  const auto forecasts = [](const std::vector<double>& series) {
    std::vector<double> made;
    Forecaster forecaster(Options(Target::kPoint));
    forecaster.Begin(0);
    for (size_t i = 0; i < series.size(); ++i) {
      forecaster.Append(series[i]);
      if (i + 1 == 17 * kDay) Train(&forecaster);
      for (const Forecast& f : forecaster.forecasts()) {
        made.insert(made.end(), {f.mean, f.lower, f.upper, f.required});
      }
    }
    return made;
  };
  const std::vector<double> before = forecasts(values);
  const size_t changed = 18 * kDay;
  for (size_t i = changed; i < values.size(); ++i) values[i] = 1e9;
  const std::vector<double> after = forecasts(values);
  const size_t per_bin = before.size() / values.size();
  size_t different = 0;
  for (size_t i = 0; i < before.size(); ++i) {
    if (i < changed * per_bin) {
      ASSERT_EQ(before[i], after[i]) << "bin " << i / per_bin;
    } else if (before[i] != after[i]) {
      ++different;
    }
  }
  EXPECT_GT(different, per_bin * kDay) << "the change was not seen at all";
}

TEST(ForecasterTest, ForecastsOfAFixedSeedAreReproducible) {
  Forecaster forecaster(Options(Target::kPoint));
  forecaster.Begin(0);
  const auto values = test::MakeLink(18 * kDay, kDay, 5);
  Feed(values, 17 * kDay, &forecaster);
  // Allows for different rounding of compilers and processors.
  constexpr double kGolden[] = {4346013, 4636381, 4298904};
  for (size_t k = 0; k < 3; ++k) {
    const double mean = forecaster.forecasts()[k].mean;
    EXPECT_NEAR(mean / kGolden[k], 1, 1e-3) << mean;
  }
}

struct Hostile {
  const char* name;
  std::vector<double> values;
};

std::vector<Hostile> HostileSeries() {
  const size_t count = 17 * kDay;
  const auto link = test::MakeLink(count, kDay, 3);
  std::vector<double> spike(count, 1000);
  spike[count / 2] = 1e15;
  std::vector<double> gaps = link;
  for (size_t i = 0; i < count; ++i) {
    if (i % 7 == 0 || (i > 500 && i < 800)) gaps[i] = kNaN;
  }
  std::vector<double> vast = link;
  for (double& value : vast) value *= 1e8;
  std::vector<double> wrong = link;
  for (size_t i = 0; i < count; i += 50) {
    wrong[i] = i % 100 == 0 ? -1e6 : std::numeric_limits<double>::infinity();
  }
  std::vector<double> tiny(count, 0);
  tiny[3] = 1e-300;
  return {{"constant", std::vector<double>(count, 625000)},
          {"zero", std::vector<double>(count, 0)},
          {"one spike", spike},
          {"gaps", gaps},
          {"only gaps", std::vector<double>(count, kNaN)},
          {"up to 10^15", vast},
          {"negative and infinite", wrong},
          {"denormal", tiny},
          {"bursts", test::MakeHost(count, 2)}};
}

TEST(ForecasterTest, ForecastsAreAlwaysFiniteAndBounded) {
  for (const Hostile& hostile : HostileSeries()) {
    Forecaster forecaster(Options());
    forecaster.Begin(0);
    double most = 0;
    for (size_t i = 0; i < hostile.values.size(); ++i) {
      const double value = hostile.values[i];
      forecaster.Append(value);
      if (std::isfinite(value)) most = std::max(most, value);
      if (i % (8 * kDay) == 3 * kDay) Train(&forecaster);
      for (const Forecast& f : forecaster.forecasts()) {
        for (const double bound : {f.lower, f.upper, f.required}) {
          ASSERT_TRUE(std::isfinite(bound)) << hostile.name << " bin " << i;
        }
        ASSERT_GE(f.mean, 0) << hostile.name << " bin " << i;
        ASSERT_LE(f.mean, 1.2 * most * (1 + 1e-6)) << hostile.name << i;
        ASSERT_LE(0, f.lower);
        ASSERT_LE(f.lower, f.mean);
        ASSERT_LE(f.mean, f.upper);
      }
    }
  }
}

TEST(ForecasterTest, ASteadySeriesIsForecastExactly) {
  constexpr double kRate = 625000;
  Forecaster forecaster(Options());
  forecaster.Begin(0);
  for (size_t i = 0; i < 50; ++i) forecaster.Append(kRate);
  EXPECT_EQ(forecaster.ladder(), Ladder::kNaive);
  for (const Forecast& f : forecaster.forecasts()) {
    EXPECT_NEAR(f.mean, kRate, 0.2 * kRate);
  }
}

// The link series inverted and amplified.
std::vector<double> UpsideDown(std::vector<double> link) {
  for (double& value : link) value = std::exp(16 - 3 * (std::log(value) - 16));
  return link;
}

// Networks trained on `first`, and a series that continues with six days of
// `last` and ends with two days of a link.
struct Lesson {
  Lesson(const std::vector<double>& first, const std::vector<double>& last) {
    const auto link = test::MakeLink(20 * kDay, kDay, 5);
    TimeSeries before(kDay, 28 * kDay);
    for (size_t i = 0; i < 12 * kDay; ++i) before.Append(first[i]);
    networks.Fit(before, season, false, {}, {});
    for (size_t i = 0; i < 12 * kDay; ++i) time_series.Append(first[i]);
    for (size_t i = 12 * kDay; i < 18 * kDay; ++i) time_series.Append(last[i]);
    for (size_t i = 18 * kDay; i < 20 * kDay; ++i) time_series.Append(link[i]);
  }
  std::vector<double> Said() const {
    return networks.Predict(time_series, season, time_series.end() - 1)
        .change[kOfChange];
  }
  double Error() const {
    return networks.HeldOutError(time_series, season, false, {}, {});
  }
  const Season season{kDay, Ladder::kDaily};
  TimeSeries time_series{kDay, 28 * kDay};
  LstmMembers networks{{1, 4, kDay}, Target::kPoint};
};

TEST(LstmMembersTest, KeepOldWeightsIfTheNewestDayGetsWorse) {
  const auto link = test::MakeLink(20 * kDay, kDay, 5);
  Lesson lesson(link, UpsideDown(link));
  const auto before = lesson.Said();
  EXPECT_EQ(
      lesson.networks.Update(lesson.time_series, lesson.season, false, {}, {}),
      1U);
  EXPECT_EQ(lesson.Said(), before);
}

TEST(LstmMembersTest, TakeNewWeightsIfTheNewestDayGetsBetter) {
  const auto link = test::MakeLink(20 * kDay, kDay, 5);
  Lesson lesson(UpsideDown(link), link);
  const auto before = lesson.Said();
  const double error_before = lesson.Error();
  EXPECT_EQ(
      lesson.networks.Update(lesson.time_series, lesson.season, false, {}, {}),
      0U);
  EXPECT_NE(lesson.Said(), before);
  EXPECT_LT(lesson.Error(), error_before);
}

TEST(ModelsTest, RetrainNetworksOnceAWeek) {
  const auto values = test::MakeLink(26 * kDay, kDay, 5);
  Forecaster forecaster(Options());
  forecaster.Begin(0);
  std::vector<size_t> weekly;
  for (size_t i = 0; i < values.size(); ++i) {
    forecaster.Append(values[i]);
    const size_t days = (i + 1) / kDay;
    if ((i + 1) % kDay != 0 || days < 17) continue;
    Train(&forecaster);
    if (forecaster.models().was_weekly()) weekly.push_back(days);
  }
  EXPECT_EQ(weekly, (std::vector<size_t>{17, 24}));
}

TEST(ForecasterTest, KeepsTheLimitOfItsLinkOverARestart) {
  const auto values = test::MakeHost(3 * kDay, 3);
  Forecaster first(Options());
  first.Begin(0);
  EXPECT_TRUE(first.SetLimit(1.05e6));
  EXPECT_FALSE(first.SetLimit(1.05e6));
  Feed({values.begin(), values.begin() + 2 * kDay}, 0, &first);
  Forecaster second(Options());
  ASSERT_TRUE(second.Load(first.Save()));
  EXPECT_FALSE(second.SetLimit(1.05e6));
  const std::vector<double> rest(values.begin() + 2 * kDay, values.end());
  Feed(rest, 0, &first);
  Feed(rest, 0, &second);
  ExpectSame(first, second);
}

TEST(ForecasterTest, ConfidenceIsTheShareOfHits) {
  const auto share = [](double noise) {
    Forecaster forecaster(Options());
    forecaster.Begin(0);
    std::mt19937_64 random(1);
    for (size_t i = 0; i < 200; ++i) {
      forecaster.Append(1000 * std::exp(noise * test::Noise(&random)));
    }
    const auto hits = forecaster.RecentHits(0);
    EXPECT_EQ(hits.count, 199U);
    return static_cast<double>(hits.hits) / static_cast<double>(hits.count);
  };
  EXPECT_EQ(share(0), 1);
  EXPECT_LT(share(0.5), 0.6);
}

TEST(ForecasterTest, AGapHasNoActualValueAndKeepsItsSlot) {
  Forecaster forecaster(Options(Target::kPoint));
  forecaster.Begin(0);
  for (size_t i = 0; i < 3 * kDay; ++i) {
    const auto at = static_cast<double>(i % kDay);
    const bool is_gap = i % 5 == 0;
    for (const Settled& s : forecaster.Append(is_gap ? kNaN : 100 + at)) {
      EXPECT_EQ(std::isnan(s.actual), is_gap);
    }
  }
  const Forecast& next = forecaster.forecasts()[0];
  EXPECT_EQ(next.members[kSameTimeYesterday],
            static_cast<float>(100 + (3 * kDay) % kDay));
}

TEST(BacktestTest, ThePoolBeatsTheNaiveForecasts) {
  BacktestOptions options;
  options.forecaster = Options(Target::kPoint);
  const auto result = Backtest(test::MakeLink(40 * kDay, kDay, 11), 0, options);
  size_t pools = 0;
  for (const Score& score : result.scores) {
    if (score.model != "pool") continue;
    ++pools;
    EXPECT_LT(score.rmae, score.steps == 1   ? 0.95
                          : score.steps == 4 ? 0.8
                                             : 1.02)
        << score.steps;
    EXPECT_NEAR(score.coverage, 0.9, score.steps == kDay ? 0.1 : 0.03);
  }
  EXPECT_EQ(pools, 3U);
}

TEST(BacktestTest, ThePoolIsNotWorseWhenTheLevelFallsAndComesBack) {
  constexpr size_t kHours = 24;
  BacktestOptions options;
  options.forecaster = Options(Target::kPoint);
  options.forecaster.day_bins = kHours;
  options.forecaster.horizons = {1, kHours};
  const auto result =
      Backtest(test::MakeHoliday(56 * kHours, kHours, 38, 11), 0, options);
  double without_lstm = 0;
  for (const Score& score : result.scores) {
    if (score.model == "pool_without_lstm") without_lstm = score.mae;
    if (score.model != "pool") continue;
    EXPECT_LT(score.rmae, 1.02) << score.steps;
    EXPECT_LT(score.mae, 1.02 * without_lstm) << score.steps;
  }
}

TEST(BacktestTest, ThePoolIsNotMuchWorseOnBursts) {
  BacktestOptions options;
  options.forecaster = Options(Target::kPoint);
  const auto result = Backtest(test::MakeHost(30 * kDay, 11), 0, options);
  for (const Score& score : result.scores) {
    if (score.model != "pool") continue;
    // A few bursts decide which naive model was best in hindsight.
    EXPECT_LT(score.rmae, score.steps == 1 ? 1.3 : 0.8) << score.steps;
  }
}

TEST(BacktestTest, ScoresEveryOriginOfTheLastThird) {
  BacktestOptions options;
  options.forecaster = Options(Target::kPoint);
  const size_t count = 12 * kDay;
  const auto values = test::MakeLink(count, kDay, 11);
  const auto result = Backtest(values, 0, options);
  for (const Score& score : result.scores) {
    if (score.model != "persistence") continue;
    EXPECT_EQ(score.count, count / 3 - (score.steps - 1));
    double sum = 0;
    for (size_t i = 2 * count / 3 - 1; i + score.steps < count; ++i) {
      sum += std::abs(values[i + score.steps] - values[i]);
    }
    const double mae = sum / static_cast<double>(score.count);
    EXPECT_NEAR(score.mae / mae, 1, 1e-5);
  }
}

}  // namespace
}  // namespace ntm::forecast
