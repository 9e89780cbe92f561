#include "modules/usage/host_quota_meter.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <ctime>
#include <memory>
#include <string>
#include <vector>

#include "usage_fixture.h"

namespace ntm::usage {
namespace {

using test::At;
using test::Flows;
using test::kStart;  // a Saturday, 08:00 UTC

constexpr int64_t kDay = 86400;

class HostQuotaMeterTest : public ::testing::Test {
 protected:
  HostQuotaMeterTest() {
    setenv("TZ", "UTC0", 1);
    tzset();
  }

  void Set(const std::vector<std::string>& words) {
    meter_.Set(ParseHostQuotas(words));
  }
  // Each flow has grown by its bytes.
  void Take(const Flows& flows, int64_t time_s = kStart) {
    Growth growth;
    for (size_t i = 0; i < flows.snapshot.flows.size(); ++i) {
      growth.flows.push_back({i, flows.snapshot.flows[i].bytes});
    }
    meter_.Take(flows.snapshot, growth, reports_, time_s);
  }
  uint64_t Used(size_t quota = 0) const {
    return meter_.Uses().at(quota).used_bytes;
  }
  void KnowDevice(const std::string& mac, const std::string& name,
                  const std::vector<std::string>& addresses) {
    auto report = std::make_shared<DeviceReport>();
    LocalDevice device;
    device.id = mac;
    device.mac = mac;
    device.name = name;
    for (const std::string& address : addresses) {
      device.addresses.push_back(At(address));
      report->by_address[At(address)] = 0;
    }
    report->devices = {device};
    reports_.devices = std::move(report);
  }

  HostQuotaMeter meter_;
  Reports reports_;
};

TEST_F(HostQuotaMeterTest, ANetworkCountsBothDirectionsAndEachByteOnce) {
  Set({"10.0.0.0/24=1GB/day"});
  Take(Flows()
           .Add("10.0.0.1", "1.1.1.1", 100)
           .Add("1.1.1.1", "10.0.0.1", 1'000)
           .Add("10.0.0.1", "10.0.0.2", 10)  // both ends
           .Add("10.0.9.9", "1.1.1.1", 7));  // another network
  EXPECT_EQ(Used(), 1'110U);
}

TEST_F(HostQuotaMeterTest, AHardwareAddressCountsAllAddressesOfItsDevice) {
  Set({"a4:83:e7:00:00:01=1GB/day", "tablet=1GB/day"});
  Take(Flows().Add("10.0.0.1", "1.1.1.1", 5));
  EXPECT_EQ(Used(), 0U);
  KnowDevice("a4:83:e7:00:00:01", "tablet.lan", {"10.0.0.1", "fd00::1"});
  Take(Flows()
           .Add("10.0.0.1", "1.1.1.1", 100)
           .Add("2001:db8::1", "fd00::1", 20)
           .Add("fd00::2", "2001:db8::1", 3));
  EXPECT_EQ(Used(0), 120U);
  EXPECT_EQ(Used(1), 120U);
}

TEST_F(HostQuotaMeterTest, ANameIsThatOfALocalHost) {
  Set({"tablet=1GB/day"});
  auto names = std::make_shared<NameReport>();
  names->names = std::make_shared<const HostNames>(
      HostNames::Map{{At("10.0.0.1"), {"tablet", NameSource::kDhcp}},
                     {At("1.1.1.1"), {"tablet", NameSource::kDns}}});
  reports_.names = names;
  Take(Flows().Add("10.0.0.1", "2.2.2.2", 100).Add("10.0.0.2", "1.1.1.1", 7));
  EXPECT_EQ(Used(), 100U);
}

TEST_F(HostQuotaMeterTest, EachPeriodBeginsAnew) {
  Set({"10.0.0.1=1GB/day", "10.0.0.1=1GB/week", "10.0.0.1=1GB/month"});
  const Flows flows = Flows().Add("10.0.0.1", "1.1.1.1", 100);
  Take(flows);  // Saturday, 31 January
  Take(flows, kStart + kDay);
  EXPECT_EQ(Used(0), 100U);
  EXPECT_EQ(Used(1), 200U);
  EXPECT_EQ(Used(2), 100U);
  Take(flows, kStart + 2 * kDay);  // Monday
  EXPECT_EQ(Used(1), 100U);
  EXPECT_EQ(Used(2), 200U);
}

TEST_F(HostQuotaMeterTest, AClockSetBackALittleChangesNothing) {
  Set({"10.0.0.1=1GB/day"});
  const Flows flows = Flows().Add("10.0.0.1", "1.1.1.1", 100);
  Take(flows, kStart - 8 * 3600);  // midnight
  Take(flows, kStart - 8 * 3600 - 60);
  EXPECT_EQ(Used(), 200U);
}

TEST_F(HostQuotaMeterTest, ARestartContinuesThePeriod) {
  Set({"10.0.0.1=1GB/day"});
  const Flows flows = Flows().Add("10.0.0.1", "1.1.1.1", 100);
  Take(flows);
  const auto stored = meter_.Unsaved();
  ASSERT_EQ(stored.size(), 1U);
  meter_.Saved(stored);
  EXPECT_TRUE(meter_.Unsaved().empty());

  HostQuotaMeter next;
  next.Set(ParseHostQuotas({"10.0.0.1=2GB/day"}));
  next.TakeUp(stored);
  Growth none;
  next.Take(flows.snapshot, none, {}, kStart + 60);
  EXPECT_EQ(next.Uses().at(0).used_bytes, 100U);
  EXPECT_TRUE(next.Unsaved().empty());

  HostQuotaMeter tomorrow;
  tomorrow.Set(ParseHostQuotas({"10.0.0.1=2GB/day"}));
  tomorrow.TakeUp(stored);
  tomorrow.Take(flows.snapshot, none, {}, kStart + kDay);
  EXPECT_EQ(tomorrow.Uses().at(0).used_bytes, 0U);
}

}  // namespace
}  // namespace ntm::usage
