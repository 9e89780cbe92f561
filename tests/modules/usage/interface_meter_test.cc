#include "modules/usage/interface_meter.h"

#include <gtest/gtest.h>

#include "usage_fixture.h"

namespace ntm::usage {
namespace {

using test::Interface;
using test::kStart;
using test::Report;

uint64_t Used(const InterfaceMeter& meter) {
  return meter.Month()->used_bytes();
}

TEST(InterfaceMeterTest, CountsTrafficSinceTheFirstReport) {
  InterfaceMeter meter;
  EXPECT_FALSE(meter.Month());
  meter.Take(Report(kStart, {Interface("eth0", 1'000, 50)}), 1);
  EXPECT_EQ(Used(meter), 0U);
  meter.Take(Report(kStart + 1, {Interface("eth0", 1'600, 60)}), 1);
  EXPECT_EQ(meter.Month()->receive_bytes(), 600U);
  EXPECT_EQ(meter.Month()->transmit_bytes(), 10U);
  EXPECT_EQ(meter.Month()->Percentile95()->receive_bytes_per_second, 600);
}

TEST(InterfaceMeterTest, ACounterResetLosesNothing) {
  InterfaceMeter meter;
  meter.Take(Report(kStart, {Interface("eth0", 1'000, 0)}), 1);
  meter.Take(Report(kStart + 1, {Interface("eth0", 30, 0)}), 1);
  EXPECT_EQ(Used(meter), 30U);
}

TEST(InterfaceMeterTest, ARemovedInterfaceKeepsItsBytes) {
  InterfaceMeter meter;
  meter.Take(
      Report(kStart, {Interface("eth0", 1'000, 0), Interface("tun0", 9, 0)}),
      1);
  meter.Take(Report(kStart + 1,
                    {Interface("eth0", 1'100, 0), Interface("tun0", 19, 0)}),
             1);
  meter.Take(Report(kStart + 2, {Interface("eth0", 1'200, 0)}), 1);
  meter.Take(Report(kStart + 3,
                    {Interface("eth0", 1'300, 0), Interface("tun1", 7, 0)}),
             1);
  EXPECT_EQ(Used(meter), 300U + 10 + 7);
}

TEST(InterfaceMeterTest, ARestartCountsTrafficInBetween) {
  InterfaceMeter first;
  first.Take(Report(kStart, {Interface("eth0", 1'000, 0)}), 1);
  first.Take(Report(kStart + 1, {Interface("eth0", 1'600, 0)}), 1);
  const auto saved = first.Unsaved();

  InterfaceMeter second;
  second.TakeUp(saved.slots, saved.counters);
  second.Take(Report(kStart + 20, {Interface("eth0", 9'600, 0)}), 1);
  EXPECT_EQ(Used(second), 8'600U);
  // Traffic while not running gives no rate.
  EXPECT_EQ(second.Month()->Percentile95()->receive_bytes_per_second, 600);
  second.Take(Report(kStart + 21, {Interface("eth0", 9'800, 0)}), 1);
  EXPECT_EQ(second.Month()->Percentile95()->receive_bytes_per_second, 400);
  // The file already has the 600.
  const auto part = second.Unsaved();
  ASSERT_EQ(part.slots.size(), 1U);
  EXPECT_EQ(part.slots[0].receive_bytes, 8'200U);
}

TEST(InterfaceMeterTest, AFileLoadedLateIsAddedOnce) {
  InterfaceMeter meter;
  meter.Take(Report(kStart, {Interface("eth0", 1'000, 0)}), 1);
  meter.Take(Report(kStart + 1, {Interface("eth0", 1'600, 0)}), 1);
  const std::vector<Slot> slots = {
      {kStart - 2 * kSlotSeconds, 50'000, 0, 300, 166, 0},
      {kStart - kSlotSeconds, 5'000, 0, 300, 16, 0}};
  meter.TakeUp(slots, {});
  meter.TakeUp(slots, {});
  EXPECT_EQ(Used(meter), 55'600U);
}

TEST(InterfaceMeterTest, SlotsOfAnEarlierMonthDoNotCount) {
  InterfaceMeter meter(31 - 3);  // the billing month begins on the 28th
  meter.TakeUp({{kStart - 4 * 86400, 1'000, 0, 300, 3, 0},
                {kStart - 86400, 10, 0, 300, 3, 0}},
               {});
  meter.Take(Report(kStart, {}), 1);
  EXPECT_EQ(Used(meter), 10U);
}

// The clock moves across the end of a month and back, as when NTP sets it, or
// when it started in 1970.
TEST(InterfaceMeterTest, AClockSetBackLosesNothing) {
  constexpr int64_t kEnd = 1'769'904'000;  // 2026-02-01T00:00:00Z
  InterfaceMeter meter;
  meter.TakeUp({{kEnd - 2 * kSlotSeconds, 1'000, 0, 300, 3, 0}}, {});
  meter.Take(Report(86400, {Interface("eth0", 0, 0)}), 1);
  meter.Take(Report(kEnd - 100, {Interface("eth0", 100, 0)}), 1);
  EXPECT_EQ(Used(meter), 1'100U);
  meter.Take(Report(kEnd + 10, {Interface("eth0", 130, 0)}), 1);
  EXPECT_EQ(Used(meter), 30U);
  meter.Take(Report(kEnd - 90, {Interface("eth0", 150, 0)}), 1);
  EXPECT_EQ(Used(meter), 1'120U);
  meter.Take(Report(kEnd + 20, {Interface("eth0", 170, 0)}), 1);
  EXPECT_EQ(Used(meter), 50U);
}

TEST(InterfaceMeterTest, SavedSlotsAreDroppedExceptTheOpenOne) {
  InterfaceMeter meter;
  meter.Take(Report(kStart, {Interface("eth0", 0, 0)}), 1);
  meter.Take(Report(kStart + 299, {Interface("eth0", 100, 0)}), 1);
  const auto changes = meter.Unsaved();
  ASSERT_EQ(changes.slots.size(), 1U);
  meter.Take(Report(kStart + 299, {Interface("eth0", 150, 0)}), 1);
  meter.Take(Report(kStart + 300, {Interface("eth0", 300, 0)}), 1);
  meter.Saved(changes);
  // The first slot continued after Unsaved(): the rest is a new part.
  const auto rest = meter.Unsaved();
  ASSERT_EQ(rest.slots.size(), 2U);
  EXPECT_EQ(rest.slots[0].receive_bytes, 50U);
  EXPECT_EQ(rest.slots[1].receive_bytes, 150U);
  // The write failed, so it is returned again.
  EXPECT_EQ(meter.Unsaved().slots.size(), 2U);
  meter.Saved(meter.Unsaved());
  EXPECT_TRUE(meter.Unsaved().slots.empty());
  EXPECT_EQ(Used(meter), 300U);
}

}  // namespace
}  // namespace ntm::usage
