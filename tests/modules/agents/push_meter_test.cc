#include "modules/agents/push_meter.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "ntm/base/error.h"
#include "site_of.h"

namespace ntm::agents {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

PushMeter::Identity Identity(const std::string& run, const std::string& boot,
                             milliseconds interval = seconds(5)) {
  return {"web1", run, "series-of-" + run, boot, interval};
}

// Interfaces with their received bytes; they transmit a tenth of that.
InterfaceReport Report(
    const std::vector<std::pair<std::string, uint64_t>>& interfaces) {
  InterfaceReport report;
  for (const auto& [name, received] : interfaces) {
    InterfaceSample sample;
    sample.name = name;
    sample.receive_bytes = received;
    sample.transmit_bytes = received / 10;
    report.total.receive_bytes += sample.receive_bytes;
    report.total.transmit_bytes += sample.transmit_bytes;
    report.interfaces.push_back(sample);
  }
  report.total.max_bytes_per_second = 125e6;
  report.site = ntm::test::SiteOf(report);
  return report;
}

int64_t NextTotal(PushMeter* meter, const InterfaceReport& report) {
  for (int i = 0; i < 10; ++i) {
    if (const auto update = meter->Read(report, seconds(1))) {
      return update->receive_bytes;
    }
  }
  return -1;
}

TEST(PushMeterTest, ComputesRatesBetweenTwoUpdates) {
  PushMeter meter(Identity("a", "boot"), std::nullopt);
  EXPECT_FALSE(meter.Read(Report({{"eth0", 1000}}), seconds(1)));
  const auto first = meter.Read(Report({{"eth0", 1500}}), seconds(1));
  ASSERT_TRUE(first);
  EXPECT_EQ(first->receive_bytes_per_second, 500);
  EXPECT_EQ(first->receive_bytes, 1500);
  for (int i = 1; i <= 4; ++i) {
    EXPECT_FALSE(meter.Read(Report({{"eth0", 1500}}), seconds(1))) << i;
  }
  const auto second = meter.Read(Report({{"eth0", 11'500}}), seconds(1));
  ASSERT_TRUE(second);
  EXPECT_EQ(second->receive_bytes_per_second, 2000);
  EXPECT_EQ(second->transmit_bytes_per_second, 200);
  EXPECT_EQ(second->max_bytes_per_second, 250e6);
  EXPECT_EQ(second->origin.sequence, 2U);
  EXPECT_EQ(second->origin.interval_seconds, 5);
  EXPECT_EQ(second->id, "web1");
}

TEST(PushMeterTest, KeepsItsIntervalWhenTicksComeEarlyOrLate) {
  PushMeter meter(Identity("a", "boot", seconds(2)), std::nullopt);
  int updates = 0;
  for (int i = 0; i <= 1000; ++i) {
    const auto tick = milliseconds(i % 2 == 0 ? 950 : 1050);
    updates += meter.Read(Report({{"eth0", 0}}), tick) ? 1 : 0;
  }
  EXPECT_NEAR(updates, 500, 1);
}

TEST(PushMeterTest, SendsNoBurstAfterASleep) {
  PushMeter meter(Identity("a", "boot"), std::nullopt);
  meter.Read(Report({{"eth0", 0}}), seconds(1));
  meter.Read(Report({{"eth0", 0}}), seconds(1));
  EXPECT_TRUE(meter.Read(Report({{"eth0", 0}}), seconds(3600)));
  for (int i = 1; i <= 4; ++i) {
    EXPECT_FALSE(meter.Read(Report({{"eth0", 0}}), seconds(1))) << i;
  }
  EXPECT_TRUE(meter.Read(Report({{"eth0", 0}}), seconds(1)));
}

TEST(PushMeterTest, CountsTrafficWhileItWasNotRunning) {
  PushMeter before(Identity("a", "boot"), std::nullopt);
  before.Read(Report({{"eth0", 1000}}), seconds(1));
  before.Read(Report({{"eth0", 1500}}), seconds(1));
  PushMeter after(Identity("b", "boot"), before.State());
  EXPECT_EQ(NextTotal(&after, Report({{"eth0", 4000}})), 4000);
}

TEST(PushMeterTest, KeepsItsSeriesInANewRun) {
  PushMeter before(Identity("a", "boot"), std::nullopt);
  before.Read(Report({{"eth0", 1000}}), seconds(1));
  PushMeter after(Identity("b", "boot"), before.State());
  after.Read(Report({{"eth0", 1000}}), seconds(1));
  const auto update = after.Read(Report({{"eth0", 1000}}), seconds(1));
  ASSERT_TRUE(update);
  EXPECT_EQ(update->origin.series, "series-of-a");
  EXPECT_EQ(update->origin.run, "b");
}

TEST(PushMeterTest, AddsEverythingAfterAReboot) {
  PushMeter before(Identity("a", "boot-1"), std::nullopt);
  before.Read(Report({{"eth0", 1000}}), seconds(1));
  PushMeter after(Identity("b", "boot-2"), before.State());
  EXPECT_EQ(NextTotal(&after, Report({{"eth0", 4000}})), 5000);
}

TEST(PushMeterTest, DoesNotCountANewInterface) {
  PushMeter before(Identity("a", "boot"), std::nullopt);
  before.Read(Report({{"eth0", 1000}, {"eth1", 500}}), seconds(1));
  PushMeter after(Identity("b", "boot"), before.State());
  // eth1 was removed; eth2 is new, and its earlier traffic must not count.
  EXPECT_EQ(NextTotal(&after, Report({{"eth0", 1200}, {"eth2", 900'000}})),
            1700);
  EXPECT_EQ(NextTotal(&after, Report({{"eth0", 1200}, {"eth2", 900'010}})),
            1710);
}

// From now on eth0 leads to local hosts; before, receive was down.
TEST(PushMeterTest, IgnoresAnInterfaceWhoseDirectionChanged) {
  PushMeter before(Identity("a", "boot"), std::nullopt);
  before.Read(Report({{"eth0", 1000}}), seconds(1));
  InterfaceReport report = Report({{"eth0", 900'000}});
  report.site.interfaces[0].counter_name = "eth0 (transmit is down)";
  PushMeter after(Identity("b", "boot"), before.State());
  EXPECT_EQ(NextTotal(&after, report), 1000);
}

TEST(PushMeterTest, IgnoresAnInterfaceThatWasRecreated) {
  PushMeter before(Identity("a", "boot"), std::nullopt);
  before.Read(Report({{"eth0", 1000}}), seconds(1));
  PushMeter after(Identity("b", "boot"), before.State());
  EXPECT_EQ(NextTotal(&after, Report({{"eth0", 10}})), 1000);
  EXPECT_EQ(NextTotal(&after, Report({{"eth0", 15}})), 1005);
}

TEST(PushMeterTest, RefusesAStateThatItDidNotWrite) {
  for (const char* text : {"", "[]", "{}", R"({"series":"a b"})"}) {
    EXPECT_THROW(PushMeter(Identity("a", "boot"), text), Error) << text;
  }
  EXPECT_EQ(PushMeter(Identity("a", "boot"), std::nullopt).State(), "");
}

}  // namespace
}  // namespace ntm::agents
