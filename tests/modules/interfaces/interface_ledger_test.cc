#include "modules/interfaces/interface_ledger.h"

#include <gtest/gtest.h>

namespace ntm::interfaces {
namespace {

using std::chrono::seconds;

LinkReading Link(const std::string& name, int index, uint64_t receive_bytes,
                 uint64_t transmit_bytes = 0) {
  LinkReading link;
  link.name = name;
  link.index = index;
  link.up = true;
  link.counters[kReceiveBytes] = receive_bytes;
  link.counters[kReceivePackets] = receive_bytes / 100;
  link.counters[kTransmitBytes] = transmit_bytes;
  return link;
}

// Ticks of one second.
class InterfaceLedgerTest : public testing::Test {
 protected:
  const InterfaceReport& Tick(const std::vector<LinkReading>& links,
                              seconds elapsed = seconds(1)) {
    time_ns_ += std::chrono::nanoseconds(elapsed).count();
    report_ = ledger_.Take(links, time_ns_, elapsed);
    return report_;
  }

  const InterfaceSample& Of(const std::string& name) const {
    for (const InterfaceSample& sample : report_.interfaces) {
      if (sample.name == name) return sample;
    }
    throw std::out_of_range(name);
  }

  InterfaceLedger ledger_{InterfaceSelection({}, {"^lo$"}), 0};
  InterfaceReport report_;
  int64_t time_ns_ = 1'800'000'000'000'000'000;
};

TEST_F(InterfaceLedgerTest, StartsWithTheKernelsCountersAndNoRate) {
  Tick({Link("eth0", 2, 1000, 50)});
  EXPECT_EQ(Of("eth0").receive_bytes, 1000U);
  EXPECT_EQ(Of("eth0").transmit_bytes, 50U);
  EXPECT_EQ(Of("eth0").receive_packets, 10U);
  EXPECT_FALSE(Of("eth0").receive_bytes_per_second);
  EXPECT_FALSE(report_.total.receive_bytes_per_second);
}

TEST_F(InterfaceLedgerTest, RatesAreOverTheElapsedTime) {
  Tick({Link("eth0", 2, 1000, 50)});
  Tick({Link("eth0", 2, 4000, 60)}, seconds(2));
  EXPECT_DOUBLE_EQ(*Of("eth0").receive_bytes_per_second, 1500);
  EXPECT_DOUBLE_EQ(*Of("eth0").transmit_bytes_per_second, 5);
}

TEST_F(InterfaceLedgerTest, InterfacesAreByNameWithoutTheExcludedOnes) {
  Tick({Link("lo", 1, 9), Link("wlan0", 2, 1), Link("eth0", 3, 2)});
  ASSERT_EQ(report_.interfaces.size(), 2U);
  EXPECT_EQ(report_.interfaces[0].name, "eth0");
  EXPECT_EQ(report_.interfaces[1].name, "wlan0");
  EXPECT_EQ(report_.total.name, "_total");
  EXPECT_EQ(report_.total.receive_bytes, 3U);
}

TEST_F(InterfaceLedgerTest, DecreasingKernelCounterKeepsTheTotalGrowing) {
  Tick({Link("eth0", 2, 5000)});
  Tick({Link("eth0", 2, 300)});
  EXPECT_EQ(Of("eth0").receive_bytes, 5300U);
  EXPECT_DOUBLE_EQ(*Of("eth0").receive_bytes_per_second, 300);
  Tick({Link("eth0", 2, 400)});
  EXPECT_EQ(Of("eth0").receive_bytes, 5400U);
}

TEST_F(InterfaceLedgerTest, NewInterfaceOfTheNameIsAddedToTheOldOnes) {
  Tick({Link("eth0", 2, 5000)});
  // More than before, but another link: its whole counter is added.
  Tick({Link("eth0", 7, 6000)});
  EXPECT_EQ(Of("eth0").receive_bytes, 11000U);
  EXPECT_FALSE(Of("eth0").receive_bytes_per_second);
  Tick({Link("eth0", 7, 6100)});
  EXPECT_EQ(Of("eth0").receive_bytes, 11100U);
  EXPECT_DOUBLE_EQ(*Of("eth0").receive_bytes_per_second, 100);
}

TEST_F(InterfaceLedgerTest, RenamedLinkAddsOnlyItsIncrease) {
  Tick({Link("eth0", 2, 5000), Link("eth1", 3, 70'000)});
  Tick({Link("eth0", 3, 70'010)});
  EXPECT_EQ(Of("eth0").receive_bytes, 5010U);
  EXPECT_DOUBLE_EQ(*Of("eth0").receive_bytes_per_second, 10);
}

// The account of its new name starts with the whole counters, which the sum
// already includes.
TEST_F(InterfaceLedgerTest, RenamedLinkIsCountedOnceInTheSum) {
  Tick({Link("eth0", 2, 5000), Link("eth1", 3, 70'000)});
  Tick({Link("eth0", 2, 5000), Link("lan0", 3, 70'010)});
  EXPECT_EQ(Of("lan0").receive_bytes, 70'010U);
  EXPECT_DOUBLE_EQ(*Of("lan0").receive_bytes_per_second, 10);
  EXPECT_EQ(report_.total.receive_bytes, 75'010U);
}

TEST_F(InterfaceLedgerTest, BandwidthOfABridgeIsThatOfItsFastestPort) {
  LinkReading bridge = Link("br0", 2, 0);
  LinkReading port = Link("eth0", 3, 0);
  port.is_hardware = true;
  port.speed_bits_per_second = 100'000'000;
  port.master_index = 2;
  Tick({bridge, port});
  EXPECT_EQ(Of("br0").max_bytes_per_second, 12'500'000);
  EXPECT_FALSE(Of("br0").max_is_assumed);
}

TEST_F(InterfaceLedgerTest, ReturningInterfaceContinuesWithoutARate) {
  Tick({Link("eth0", 2, 5000)});
  EXPECT_TRUE(Tick({}).interfaces.empty());
  Tick({Link("eth0", 9, 20)});
  EXPECT_EQ(Of("eth0").receive_bytes, 5020U);
  EXPECT_FALSE(Of("eth0").receive_bytes_per_second);
}

TEST_F(InterfaceLedgerTest, ReturningLinkAddsOnlyItsIncrease) {
  Tick({Link("eth0", 2, 5000)});
  Tick({});
  Tick({Link("eth0", 2, 5100)});
  EXPECT_EQ(Of("eth0").receive_bytes, 5100U);
  EXPECT_FALSE(Of("eth0").receive_bytes_per_second);
  Tick({Link("eth0", 2, 5130)});
  EXPECT_DOUBLE_EQ(*Of("eth0").receive_bytes_per_second, 30);
}

TEST_F(InterfaceLedgerTest, WithoutIndicesLinksAreIdentifiedByName) {
  Tick({Link("eth0", 0, 5000), Link("eth1", 0, 1)});
  Tick({Link("eth0", 0, 5100), Link("eth1", 0, 2)});
  EXPECT_EQ(Of("eth0").receive_bytes, 5100U);
  EXPECT_DOUBLE_EQ(*Of("eth1").receive_bytes_per_second, 1);
  Tick({});
  Tick({Link("eth0", 0, 40)});
  EXPECT_EQ(Of("eth0").receive_bytes, 5140U);
  EXPECT_FALSE(Of("eth0").receive_bytes_per_second);
}

TEST_F(InterfaceLedgerTest, SumKeepsTheBytesOfRemovedInterfaces) {
  Tick({Link("eth0", 2, 1000), Link("eth1", 3, 500)});
  Tick({Link("eth0", 2, 1100)});
  EXPECT_EQ(report_.total.receive_bytes, 1600U);
  EXPECT_DOUBLE_EQ(*report_.total.receive_bytes_per_second, 100);
}

TEST_F(InterfaceLedgerTest, SumNeverDecreasesWhenInterfacesComeAndGo) {
  uint64_t expected = 0;
  for (int i = 0; i < 500; ++i) {
    Tick({Link("veth" + std::to_string(i), i + 2, 100)});
    expected += 100;
    ASSERT_EQ(report_.total.receive_bytes, expected);
  }
  EXPECT_EQ(ledger_.periods("veth0"), nullptr);
  EXPECT_NE(ledger_.periods("veth499"), nullptr);
}

TEST_F(InterfaceLedgerTest, BandwidthIsTheSpeedOfHardware) {
  LinkReading fast = Link("eth0", 2, 0);
  fast.is_hardware = true;
  fast.speed_bits_per_second = 2'500'000'000;
  LinkReading slow = fast;
  slow.name = "eth1";
  slow.index = 3;
  slow.speed_bits_per_second = 100'000'000;
  LinkReading made_up = Link("veth0", 4, 0);
  made_up.speed_bits_per_second = 10'000'000'000;
  Tick({fast, slow, made_up});
  EXPECT_EQ(Of("eth0").max_bytes_per_second, 312'500'000);
  EXPECT_EQ(Of("eth1").max_bytes_per_second, 12'500'000);
  EXPECT_EQ(Of("veth0").max_bytes_per_second, 125'000'000);
  EXPECT_EQ(report_.total.max_bytes_per_second, 312'500'000);
  fast.up = false;
  Tick({fast, slow, made_up});
  EXPECT_EQ(report_.total.max_bytes_per_second, 12'500'000);
  Tick({made_up});
  EXPECT_EQ(report_.total.max_bytes_per_second, 125'000'000);
}

TEST_F(InterfaceLedgerTest, SpeedOf1000MbitIs125MegabytesPerSecond) {
  LinkReading link = Link("eth0", 2, 0);
  link.is_hardware = true;
  link.speed_bits_per_second = 1'000'000'000;
  Tick({link});
  EXPECT_EQ(Of("eth0").max_bytes_per_second, 125e6);
}

TEST_F(InterfaceLedgerTest, OptionOverridesTheSpeed) {
  ledger_ = InterfaceLedger(InterfaceSelection({}, {}), 80'000'000);
  LinkReading link = Link("eth0", 2, 0);
  link.is_hardware = true;
  link.speed_bits_per_second = 1'000'000'000;
  Tick({link});
  EXPECT_EQ(Of("eth0").max_bytes_per_second, 10e6);
  EXPECT_EQ(report_.total.max_bytes_per_second, 10e6);
  EXPECT_EQ(Of("eth0").speed_bits_per_second, 1'000'000'000U);
}

TEST_F(InterfaceLedgerTest, PeriodsHaveThePeakOfEachAndOfTheSum) {
  for (const uint64_t bytes : {0, 100, 1000, 1100}) {
    Tick({Link("eth0", 2, bytes), Link("eth1", 3, 2 * bytes)});
  }
  const auto* eth0 = ledger_.periods("eth0");
  ASSERT_NE(eth0, nullptr);
  EXPECT_EQ(eth0->receive.SinceStart().peak_per_second, 900);
  EXPECT_NEAR(eth0->receive.SinceStart().mean_per_second, 1100 / 3.0, 1e-9);
  EXPECT_EQ(ledger_.periods("_total")->receive.SinceStart().peak_per_second,
            2700);
}

}  // namespace
}  // namespace ntm::interfaces
