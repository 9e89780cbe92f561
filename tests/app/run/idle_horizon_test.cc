#include "app/run/idle_horizon.h"

#include <gtest/gtest.h>

namespace ntm {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::nanoseconds;
using std::chrono::seconds;

constexpr int64_t kStartNs = 1'800'000'000'000'000'000;

// A system clock with one tick per second.
class Clock {
 public:
  Clock() { horizon_.Begin(kStartNs); }
  std::optional<int64_t> Tick(nanoseconds jump = {}) {
    now_ns_ += nanoseconds(seconds(1) + jump).count();
    return horizon_.At(now_ns_, seconds(1), minutes(15));
  }
  int64_t now_ns() const { return now_ns_; }

 private:
  int64_t now_ns_ = kStartNs;
  IdleHorizon horizon_;
};

class IdleHorizonTest : public testing::TestWithParam<int> {};

TEST_F(IdleHorizonTest, IsTheTimeoutBeforeNow) {
  Clock clock;
  for (int i = 0; i < 3; ++i) {
    const auto before_ns = clock.Tick();
    EXPECT_EQ(before_ns, clock.now_ns() - nanoseconds(minutes(15)).count());
  }
}

TEST_F(IdleHorizonTest, IgnoresASlewedClock) {
  Clock clock;
  for (int i = 0; i < 100; ++i)
    EXPECT_TRUE(clock.Tick(seconds(i % 2 ? 2 : -2)));
}

TEST_P(IdleHorizonTest, WaitsForTheTimeoutAfterAJump) {
  Clock clock;
  ASSERT_TRUE(clock.Tick());
  EXPECT_FALSE(clock.Tick(hours(GetParam())));
  for (int i = 1; i < 15 * 60; ++i) ASSERT_FALSE(clock.Tick()) << i;
  EXPECT_TRUE(clock.Tick());
}

TEST_P(IdleHorizonTest, DetectsAJumpBeforeTheFirstTick) {
  IdleHorizon horizon;
  horizon.Begin(kStartNs);
  const nanoseconds jumped = hours(GetParam()) + seconds(1);
  EXPECT_FALSE(horizon.At(kStartNs + jumped.count(), seconds(1), minutes(15)));
}

INSTANTIATE_TEST_SUITE_P(AheadAndBack, IdleHorizonTest,
                         testing::Values(24, -24));

}  // namespace
}  // namespace ntm
