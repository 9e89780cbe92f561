#include "modules/usage/month_use.h"

#include <gtest/gtest.h>

#include "ntm/base/unix_time.h"

namespace ntm::usage {
namespace {

constexpr int64_t kFrom = 1'767'225'600;  // 2026-01-01T00:00:00Z

Span January() { return {"2026-01", kFrom, kFrom + 31 * kDaySeconds}; }

Slot SlotAt(int64_t begin_s, double receive, double transmit) {
  return {begin_s,
          static_cast<uint64_t>(receive * kSlotSeconds),
          static_cast<uint64_t>(transmit * kSlotSeconds),
          kSlotSeconds,
          receive,
          transmit};
}

TEST(MonthUseTest, The95thPercentileLeavesTheHighestTwentiethOut) {
  MonthUse month(January());
  EXPECT_FALSE(month.Percentile95());
  // 1 to 100 in a mixed order; the five highest are left out.
  for (int64_t i = 0; i < 100; ++i) {
    const auto rate = static_cast<double>(i * 37 % 100 + 1);
    month.Add(SlotAt(kFrom + i * kSlotSeconds, rate, 1000 - rate));
  }
  const auto percentiles = month.Percentile95().value();
  EXPECT_EQ(percentiles.receive_bytes_per_second, 95);
  EXPECT_EQ(percentiles.transmit_bytes_per_second, 994);
  EXPECT_EQ(percentiles.larger(), 994);
}

TEST(MonthUseTest, OneSlotIsItsOwnPercentile) {
  MonthUse month(January());
  month.Add(SlotAt(kFrom, 7, 8));
  EXPECT_EQ(month.Percentile95()->receive_bytes_per_second, 7);
}

TEST(MonthUseTest, UnobservedTrafficCountsButHasNoMean) {
  MonthUse month(January());
  Slot slot = SlotAt(kFrom, 7, 8);
  slot.watched_seconds = 0;
  month.Add(slot);
  EXPECT_EQ(month.used_bytes(), 15U * kSlotSeconds);
  EXPECT_FALSE(month.Percentile95());
}

TEST(MonthUseTest, ExtrapolatesTheMeanToTheEndOfTheMonth) {
  MonthUse month(January());
  const int64_t first = kFrom + 10 * kDaySeconds;
  month.Add(SlotAt(first, 1, 1));
  EXPECT_FALSE(month.ExpectedBytes(first + 3599));
  // 600 bytes in one of the last 21 days: 21 times as much.
  EXPECT_DOUBLE_EQ(month.ExpectedBytes(first + kDaySeconds).value(), 600 * 21);
  // After its end: the actual value.
  EXPECT_EQ(month.ExpectedBytes(kFrom + 40 * kDaySeconds).value(), 600);
}

}  // namespace
}  // namespace ntm::usage
