#include "modules/usage/host_quota.h"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

namespace ntm::usage {
namespace {

TEST(HostQuotaTest, AHostIsANameAHardwareAddressOrANetwork) {
  const HostQuota name = ParseHostQuota("Tablet=5GB/day");
  EXPECT_EQ(name.name, "tablet");
  EXPECT_EQ(name.bytes, 5'000'000'000U);
  EXPECT_EQ(name.period, QuotaPeriod::kDay);
  const HostQuota mac = ParseHostQuota("A4:83:E7:00:00:01=1TiB/week");
  EXPECT_EQ(mac.mac, "a4:83:e7:00:00:01");
  EXPECT_EQ(mac.period, QuotaPeriod::kWeek);
  const HostQuota network = ParseHostQuota("192.168.1.0/24=50GB/month");
  EXPECT_EQ(network.host, "192.168.1.0/24");
  EXPECT_TRUE(network.network->Contains(*ParseAddress("192.168.1.7")));
  EXPECT_EQ(network.period, QuotaPeriod::kMonth);
  EXPECT_TRUE(ParseHostQuota("fd00::7=1MB/day")
                  .network->Contains(*ParseAddress("fd00::7")));
}

TEST(HostQuotaTest, RefusesWhatIsNoQuota) {
  for (const char* text :
       {"", "tablet", "tablet=5GB", "tablet=5GB/year", "tablet=x/day",
        "=5GB/day", "a b=5GB/day", "tablet=0/day", "tablet/day=5GB",
        "a4:83:e7=5GB/day"}) {
    EXPECT_THROW(ParseHostQuota(text), std::invalid_argument) << text;
  }
}

TEST(HostQuotaTest, AHostHasOneQuotaPerPeriodAndTheyAreBounded) {
  EXPECT_EQ(ParseHostQuotas({"a=1GB/day", "a=5GB/month"}).size(), 2U);
  EXPECT_THROW(ParseHostQuotas({"a=1GB/day", "A=5GB/day"}),
               std::invalid_argument);
  std::vector<std::string> words;
  for (size_t i = 0; i <= HostQuota::kMost; ++i) {
    words.push_back("host" + std::to_string(i) + "=1GB/day");
  }
  EXPECT_THROW(ParseHostQuotas(words), std::invalid_argument);
}

TEST(HostQuotaTest, ANameWithoutADotIsTheFirstPartOfTheWholeName) {
  const HostQuota quota = ParseHostQuota("tablet=5GB/day");
  EXPECT_TRUE(IsNamed(quota, "tablet"));
  EXPECT_TRUE(IsNamed(quota, "tablet.lan"));
  EXPECT_FALSE(IsNamed(quota, "tablet2"));
  EXPECT_FALSE(IsNamed(quota, ""));
  EXPECT_FALSE(IsNamed(ParseHostQuota("tablet.lan=5GB/day"), "tablet.lan.x"));
}

}  // namespace
}  // namespace ntm::usage
