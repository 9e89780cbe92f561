#include "modules/interfaces/proc_net_dev.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace ntm::interfaces {
namespace {

constexpr char kHead[] =
    "Inter-|   Receive                            |  Transmit\n"
    " face |bytes packets errs drop fifo frame compressed multicast|bytes "
    "packets errs drop fifo colls carrier compressed\n";

TEST(ProcNetDevTest, ReadsEachCounterFromItsColumn) {
  const auto links = ParseProcNetDev(
      kHead + std::string("  eth0: 1 2 3 4 90 90 90 90 5 6 7 8 90 90 90 90\n"));
  ASSERT_EQ(links.size(), 1U);
  EXPECT_EQ(links[0].name, "eth0");
  const LinkCounters expected = {1, 5, 2, 6, 3, 7, 4, 8};
  EXPECT_EQ(links[0].counters, expected);
}

TEST(ProcNetDevTest, NumbersMayTouchTheColonAndNamesHoldOne) {
  const auto links = ParseProcNetDev(
      "eth0:18446744073709551615 2 0 0 0 0 0 0 1 2 0 0 0 0 0 0\n"
      "eth0:1: 7 2 0 0 0 0 0 0 1 2 0 0 0 0 0 0\n");
  ASSERT_EQ(links.size(), 2U);
  EXPECT_EQ(links[0].counters[kReceiveBytes], UINT64_MAX);
  EXPECT_EQ(links[1].name, "eth0:1");
  EXPECT_EQ(links[1].counters[kReceiveBytes], 7U);
}

TEST(ProcNetDevTest, SkipsInvalidLines) {
  EXPECT_TRUE(ParseProcNetDev("").empty());
  EXPECT_TRUE(ParseProcNetDev(kHead).empty());
  EXPECT_TRUE(ParseProcNetDev("eth0: 1 2 3\n: 1 2\nword\n").empty());
  EXPECT_TRUE(
      ParseProcNetDev("eth0: 1 2 3 x 0 0 0 0 5 6 7 8 0 0 0 0\n").empty());
}

TEST(ProcNetDevTest, ThisMachineHasALoopback) {
  const auto links = ReadProcNetDev();
  const auto loopback = std::ranges::find(links, "lo", &LinkReading::name);
  ASSERT_NE(loopback, links.end());
  EXPECT_EQ(loopback->mac, "");
}

}  // namespace
}  // namespace ntm::interfaces
