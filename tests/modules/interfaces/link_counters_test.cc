#include "modules/interfaces/link_counters.h"

#include <gtest/gtest.h>

namespace ntm::interfaces {
namespace {

constexpr uint64_t k32Bits = uint64_t{1} << 32;

LinkCounters Of(uint64_t receive_bytes, uint64_t receive_packets) {
  LinkCounters counters{};
  counters[kReceiveBytes] = receive_bytes;
  counters[kReceivePackets] = receive_packets;
  return counters;
}

TEST(LinkCountersTest, GrowthIsTheDifference) {
  const LinkCounters growth = Growth(Of(1000, 10), Of(1500, 12));
  EXPECT_EQ(growth[kReceiveBytes], 500U);
  EXPECT_EQ(growth[kReceivePackets], 2U);
  EXPECT_EQ(growth[kTransmitBytes], 0U);
}

TEST(LinkCountersTest, DifferencesPast32BitsAreExact) {
  EXPECT_EQ(Growth(Of(k32Bits - 1, 1), Of(5 * k32Bits, 2))[kReceiveBytes],
            4 * k32Bits + 1);
}

TEST(LinkCountersTest, WrapAt32BitsIsCounted) {
  EXPECT_EQ(Growth(Of(k32Bits - 100, 10), Of(200, 11))[kReceiveBytes], 300U);
}

TEST(LinkCountersTest, WrappedPacketsAreCountedIfTheBytesGrow) {
  EXPECT_EQ(Growth(Of(9 * k32Bits, k32Bits - 1),
                   Of(9 * k32Bits + 60, 0))[kReceivePackets],
            1U);
}

TEST(LinkCountersTest, ResetCounterCountsItsWholeValue) {
  const LinkCounters growth = Growth(Of(k32Bits - 100, 10), Of(200, 2));
  EXPECT_EQ(growth[kReceiveBytes], 200U);
  EXPECT_EQ(growth[kReceivePackets], 2U);
}

TEST(LinkCountersTest, CounterOf64BitsNeverWraps) {
  EXPECT_EQ(Growth(Of(k32Bits + 100, 10), Of(200, 11))[kReceiveBytes], 200U);
}

TEST(LinkCountersTest, LargeIncreaseIsNotTakenForAWrap) {
  // Taken for a wrap from 1,000 it would be 4 GB in one reading.
  EXPECT_EQ(Growth(Of(1000, 10), Of(200, 11))[kReceiveBytes], 200U);
}

TEST(LinkCountersTest, ResetOfErrorCountersIsDetectedByTheBytes) {
  LinkCounters before = Of(1000, 10);
  before[kReceiveErrors] = k32Bits - 1;
  LinkCounters now = Of(900, 9);
  now[kReceiveErrors] = 3;
  EXPECT_EQ(Growth(before, now)[kReceiveErrors], 3U);
  now = Of(1100, 11);
  now[kReceiveErrors] = 3;
  EXPECT_EQ(Growth(before, now)[kReceiveErrors], 4U);
}

}  // namespace
}  // namespace ntm::interfaces
