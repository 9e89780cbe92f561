#include "app/files/sample_spool.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "ntm/base/error.h"

namespace ntm {
namespace {

using testing::ElementsAre;
using testing::Pair;

struct Collected final : SampleSpool::Reader {
  void OnSeries(const SeriesId& id, const std::string& text) override {
    ids.push_back(id);
    series.emplace_back(text, std::vector<std::pair<int64_t, uint64_t>>());
  }
  void OnSample(int64_t time_ms, const SampleValue& value) override {
    series.back().second.emplace_back(time_ms, value.bits);
    integers += value.is_integer ? 1 : 0;
  }
  std::vector<SeriesId> ids;
  std::vector<std::pair<std::string, std::vector<std::pair<int64_t, uint64_t>>>>
      series;
  size_t integers = 0;
};

std::string Folder() { return testing::TempDir(); }

TEST(SampleSpoolTest, ReadsSeriesBySeriesInTheOrderOfTime) {
  SampleSpool spool(Folder());
  spool.Introduce({0, 2, 0}, "b");
  spool.Add({0, 2, 0}, 10, {1, true});
  spool.Introduce({0, 1, 0}, "a");
  spool.Add({0, 1, 0}, 10, {UINT64_MAX, true});
  spool.Add({0, 2, 0}, 20, {2, true});
  spool.Add({0, 1, 0}, 20, {7, false});
  Collected collected;
  spool.ReadSorted(&collected);
  EXPECT_THAT(
      collected.series,
      ElementsAre(Pair("a", ElementsAre(Pair(10, UINT64_MAX), Pair(20, 7))),
                  Pair("b", ElementsAre(Pair(10, 1), Pair(20, 2)))));
  EXPECT_EQ(collected.integers, 3U);
}

TEST(SampleSpoolTest, KeepsTheFirstOfTwoAtTheSameTime) {
  SampleSpool spool(Folder(), 2);
  spool.Introduce({0, 1, 0}, "a");
  spool.Add({0, 1, 0}, 10, {5, true});
  spool.Add({0, 1, 0}, 10, {4, true});
  spool.Add({0, 1, 0}, 10, {6, true});
  Collected collected;
  spool.ReadSorted(&collected);
  EXPECT_THAT(collected.series,
              ElementsAre(Pair("a", ElementsAre(Pair(10, 5)))));
}

TEST(SampleSpoolTest, JoinsASeriesThatIsIntroducedAgain) {
  SampleSpool spool(Folder(), 2);
  for (int64_t time_ms : {10, 20, 30}) {
    spool.Introduce({0, 1, 0}, "a");
    spool.Add({0, 1, 0}, time_ms, {1, true});
  }
  Collected collected;
  spool.ReadSorted(&collected);
  EXPECT_THAT(collected.series,
              ElementsAre(Pair(
                  "a", ElementsAre(Pair(10, 1), Pair(20, 1), Pair(30, 1)))));
}

TEST(SampleSpoolTest, ReadsNothingIfNothingWasAdded) {
  SampleSpool spool(Folder());
  Collected collected;
  spool.ReadSorted(&collected);
  EXPECT_TRUE(collected.series.empty());
}

struct Size {
  const char* name;
  size_t chunk_records;
  size_t max_runs;
};
class SampleSpoolSizeTest : public testing::TestWithParam<Size> {};

// With any chunk size the result is the same as sorting in memory.
TEST_P(SampleSpoolSizeTest, AgreesWithAMap) {
  std::mt19937_64 random(5);
  std::map<SeriesId, std::map<int64_t, uint64_t>> expected;
  SampleSpool spool(Folder(), GetParam().chunk_records, GetParam().max_runs);
  for (int i = 0; i < 5000; ++i) {
    const SeriesId id{random() % 3, random() % 7, random() % 2};
    const auto time_ms = static_cast<int64_t>(random() % 1000);
    auto [series, is_new] = expected.try_emplace(id);
    if (is_new) spool.Introduce(id, std::to_string(id.high));
    const uint64_t value = random();
    spool.Add(id, time_ms, {value, true});
    series->second.try_emplace(time_ms, value);
  }
  Collected collected;
  spool.ReadSorted(&collected);
  ASSERT_EQ(collected.series.size(), expected.size());
  size_t i = 0;
  for (const auto& [id, samples] : expected) {
    EXPECT_TRUE(collected.ids[i] == id);
    EXPECT_EQ(collected.series[i].first, std::to_string(id.high));
    EXPECT_TRUE(std::ranges::equal(
        collected.series[i].second, samples, {},
        [](const auto& p) { return std::pair<int64_t, uint64_t>(p); },
        [](const auto& p) { return std::pair<int64_t, uint64_t>(p); }))
        << "series " << i;
    ++i;
  }
}

INSTANTIATE_TEST_SUITE_P(Sizes, SampleSpoolSizeTest,
                         testing::Values(Size{"OneChunk", 100'000, 1000},
                                         Size{"ManyRuns", 64, 1000},
                                         Size{"OneRecordPerRun", 1, 100'000},
                                         Size{"CompactedOften", 64, 4},
                                         Size{"CompactedAlways", 100, 2}),
                         [](const auto& size) { return size.param.name; });

TEST(SampleSpoolTest, LeavesNoFileBehind) {
  const std::string folder = Folder() + "/ntm-spool-test";
  std::filesystem::create_directory(folder);
  {
    SampleSpool spool(folder, 1);
    spool.Introduce({0, 1, 0}, "a");
    spool.Add({0, 1, 0}, 10, {5, true});
    EXPECT_TRUE(std::filesystem::is_empty(folder));
  }
  std::filesystem::remove(folder);
}

TEST(SampleSpoolTest, NamesAMissingFolder) {
  try {
    SampleSpool spool("/nowhere/at/all");
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(),
                testing::HasSubstr("in /nowhere/at/all: No such file"));
  }
}

}  // namespace
}  // namespace ntm
