#include "modules/alerts/readings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "ntm/base/unix_time.h"
#include "site_of.h"

namespace ntm::alerts {
namespace {

using std::chrono::seconds;

class ReadingsTest : public testing::Test {
 protected:
  ReadingsTest() {
    tick_.time_ns = 1'000'000 * kNsPerSecond;
    tick_.elapsed = seconds(1);
    capture_.interface = "eth0";
    capture_.up = true;
    snapshot_.series_limit = 100;
  }

  std::optional<Reading> Find(KindId kind, const std::string& subject = "") {
    snapshot_.captures = {capture_};
    tick_.snapshot = std::make_shared<Snapshot>(snapshot_);
    for (const Reading& reading : readings_.Read(tick_)) {
      if (reading.kind == kind && reading.subject == subject) return reading;
    }
    return std::nullopt;
  }

  void Interface(const InterfaceSample& sample) {
    InterfaceReport report;
    report.interfaces = {sample};
    report.site = ntm::test::SiteOf(report);
    tick_.reports.interfaces = std::make_shared<InterfaceReport>(report);
  }

  void Agent(const AgentSample& sample) {
    AgentReport report;
    report.agents = {sample};
    tick_.reports.agents = std::make_shared<AgentReport>(report);
  }

  static InterfaceSample Eth0() {
    InterfaceSample sample;
    sample.name = "eth0";
    sample.receive_bytes_per_second = 97;
    sample.transmit_bytes_per_second = 3;
    sample.max_bytes_per_second = 100;
    return sample;
  }

  Tick tick_;
  Snapshot snapshot_;
  CaptureCounters capture_;
  Readings readings_;
};

TEST_F(ReadingsTest, HandlesMissingReports) {
  tick_.snapshot = nullptr;
  EXPECT_THAT(readings_.Read(tick_), testing::IsEmpty());
}

TEST_F(ReadingsTest, MeasuresTheBusierDirectionOfALink) {
  Interface(Eth0());
  EXPECT_DOUBLE_EQ(Find(KindId::kLinkUtilization, "eth0")->value, 0.97);
}

// A bridge forwards both directions, and the kernel counts each of them twice.
TEST_F(ReadingsTest, MeasuresABoundaryInterfaceByDownAndUp) {
  InterfaceReport report;
  report.interfaces = {Eth0()};
  report.site = ntm::test::SiteOf(report);
  report.site.interfaces[0].sense = SiteSense::kUnknown;
  report.site.interfaces[0].down_bytes_per_second = 60;
  report.site.interfaces[0].up_bytes_per_second = 40;
  tick_.reports.interfaces = std::make_shared<InterfaceReport>(report);
  EXPECT_DOUBLE_EQ(Find(KindId::kLinkUtilization, "eth0")->value, 0.6);
}

TEST_F(ReadingsTest, IgnoresInterfacesInsideTheSite) {
  InterfaceReport report;
  report.interfaces = {Eth0()};
  tick_.reports.interfaces = std::make_shared<InterfaceReport>(report);
  EXPECT_FALSE(Find(KindId::kLinkUtilization, "eth0"));
}

TEST_F(ReadingsTest, IgnoresLinksOfUnknownSpeed) {
  InterfaceSample sample = Eth0();
  sample.max_is_assumed = true;
  Interface(sample);
  EXPECT_FALSE(Find(KindId::kLinkUtilization, "eth0"));
}

TEST_F(ReadingsTest, IgnoresLinksWithoutARate) {
  InterfaceSample sample = Eth0();
  sample.receive_bytes_per_second.reset();
  Interface(sample);
  EXPECT_FALSE(Find(KindId::kLinkUtilization, "eth0"));
}

TEST_F(ReadingsTest, MeasuresInterfaceErrorsFromTheSecondReportOn) {
  InterfaceSample sample = Eth0();
  sample.receive_errors = 5000;
  Interface(sample);
  EXPECT_FALSE(Find(KindId::kInterfaceErrors, "eth0"));
  sample.receive_errors += 3;
  sample.transmit_errors += 4;
  Interface(sample);
  tick_.elapsed = seconds(2);
  EXPECT_DOUBLE_EQ(Find(KindId::kInterfaceErrors, "eth0")->value, 3.5);
}

TEST_F(ReadingsTest, IgnoresTheRateOfAnInactiveAgent) {
  AgentSample sample;
  sample.id = "web1";
  sample.active = true;
  sample.last_update_ns = tick_.time_ns - kNsPerSecond;
  sample.receive_bytes_per_second = 90;
  sample.transmit_bytes_per_second = 100;
  sample.max_bytes_per_second = 200;
  Agent(sample);
  EXPECT_DOUBLE_EQ(Find(KindId::kAgentUtilization, "web1")->value, 0.95);
  EXPECT_EQ(Find(KindId::kAgentStale, "web1")->value, 0);
  sample.active = false;
  Agent(sample);
  EXPECT_FALSE(Find(KindId::kAgentUtilization, "web1"));
  EXPECT_EQ(Find(KindId::kAgentStale, "web1")->value, 1);
  // An agent that was taken out of service yesterday is ignored.
  sample.last_update_ns = tick_.time_ns - 25 * 3600 * kNsPerSecond;
  Agent(sample);
  EXPECT_FALSE(Find(KindId::kAgentStale, "web1"));
}

TEST_F(ReadingsTest, MeasuresCaptureDropsBetweenTwoTicks) {
  capture_.received_packets = 1000;
  capture_.dropped_by_kernel_packets = 1000;
  EXPECT_FALSE(Find(KindId::kPacketsDropped, "eth0"));
  capture_.received_packets += 400;
  capture_.dropped_by_kernel_packets += 100;
  const auto share = Find(KindId::kCoverageLow, "eth0");
  EXPECT_DOUBLE_EQ(share->value, 0.75);
  EXPECT_DOUBLE_EQ(share->weight, 400);
  capture_.received_packets += 100;
  capture_.dropped_by_interface_packets += 7;
  EXPECT_DOUBLE_EQ(Find(KindId::kPacketsDropped, "eth0")->value, 7);
}

TEST_F(ReadingsTest, ReportsACaptureThatIsDown) {
  EXPECT_EQ(Find(KindId::kCaptureDown, "eth0")->value, 0);
  capture_.up = false;
  capture_.down_reason = "an interface is down";
  const auto reading = Find(KindId::kCaptureDown, "eth0");
  EXPECT_EQ(reading->value, 1);
  EXPECT_EQ(reading->detail, "an interface is down");
}

TEST_F(ReadingsTest, MeasuresHowFullTheTableIs) {
  snapshot_.flows.resize(87);
  EXPECT_DOUBLE_EQ(Find(KindId::kSeriesLimit)->value, 0.87);
}

TEST_F(ReadingsTest, MeasuresClassesRelativeToTheirMax) {
  QosReport report;
  report.classes.resize(2);
  report.classes[0].name = "video";
  report.classes[0].max_bytes_per_second = 100;
  report.classes[0].used_bytes_per_second = 120;
  report.classes[1].name = "other";
  tick_.reports.qos = std::make_shared<QosReport>(report);
  EXPECT_DOUBLE_EQ(Find(KindId::kClassAboveMax, "video")->value, 1.2);
  EXPECT_FALSE(Find(KindId::kClassAboveMax, "other"));
}

TEST_F(ReadingsTest, UsesTheHighestForecastOfALink) {
  Interface(Eth0());
  ForecastReport report;
  report.forecasts.resize(3);
  for (BandwidthForecast& forecast : report.forecasts) {
    forecast.interface = "eth0";
    forecast.horizon_seconds = 3600;
  }
  report.forecasts[0].required_bytes_per_second = 60;
  report.forecasts[1].required_bytes_per_second = 98;
  report.forecasts[1].direction = "receive";
  report.forecasts[2].required_bytes_per_second = 500;
  report.forecasts[2].traffic_class = "video";
  tick_.reports.forecast = std::make_shared<ForecastReport>(report);
  const auto reading = Find(KindId::kPredictedSaturation, "eth0");
  EXPECT_DOUBLE_EQ(reading->value, 0.98);
  EXPECT_THAT(reading->detail, testing::HasSubstr("receive within 60 minutes"));
}

TEST_F(ReadingsTest, ReportsWhetherTheHistoryCanBeWritten) {
  HistoryReport report;
  tick_.reports.history = std::make_shared<HistoryReport>(report);
  EXPECT_EQ(Find(KindId::kDatabaseFailing)->value, 0);
  report.works = false;
  report.problem = "the disk is full";
  tick_.reports.history = std::make_shared<HistoryReport>(report);
  EXPECT_EQ(Find(KindId::kDatabaseFailing)->value, 1);
  EXPECT_EQ(Find(KindId::kDatabaseFailing)->detail, "the disk is full");
}

TEST_F(ReadingsTest, MeasuresTheMonthRelativeToTheQuota) {
  UsageReport report;
  report.used_bytes = 85;
  tick_.reports.usage = std::make_shared<UsageReport>(report);
  EXPECT_FALSE(Find(KindId::kQuotaNear));
  report.quota_bytes = 100;
  report.expected_bytes = 130;
  tick_.reports.usage = std::make_shared<UsageReport>(report);
  EXPECT_DOUBLE_EQ(Find(KindId::kQuotaNear)->value, 0.85);
  EXPECT_DOUBLE_EQ(Find(KindId::kQuotaExceeded)->value, 0.85);
  EXPECT_DOUBLE_EQ(Find(KindId::kQuotaExpected)->value, 1.3);
}

TEST_F(ReadingsTest, AHostIsComparedWithItsQuota) {
  UsageReport usage;
  usage.host_quotas = {{"tablet", "day", 850, 1000},
                       {"10.0.0.1", "day", 10, 1000},
                       {"10.0.0.1", "month", 1'500, 1000}};
  tick_.reports.usage = std::make_shared<UsageReport>(usage);
  EXPECT_EQ(Find(KindId::kHostQuotaNear, "tablet")->value, 0.85);
  EXPECT_EQ(Find(KindId::kHostQuotaExceeded, "10.0.0.1 per month")->value, 1.5);
  EXPECT_EQ(Find(KindId::kHostQuotaNear, "10.0.0.1 per day")->value, 0.01);
}

TEST_F(ReadingsTest, ANewDeviceIsReadUntilItIsNotNewAnyMore) {
  EXPECT_FALSE(Find(KindId::kNewHost, "a4:83:e7:00:00:01"));
  DeviceReport devices;
  devices.new_devices = {{"a4:83:e7:00:00:01", "tablet (Apple)", false}};
  tick_.reports.devices = std::make_shared<DeviceReport>(devices);
  EXPECT_EQ(Find(KindId::kNewHost, "a4:83:e7:00:00:01")->value, 1);
  EXPECT_EQ(Find(KindId::kNewHost, "a4:83:e7:00:00:01")->detail,
            "tablet (Apple)");
  devices.new_devices[0].is_over = true;
  tick_.reports.devices = std::make_shared<DeviceReport>(devices);
  EXPECT_EQ(Find(KindId::kNewHost, "a4:83:e7:00:00:01")->value, 0);
}

// As the rules in prometheus/ntm.alerts.yml.
TEST_F(ReadingsTest, HealthIsReadOnlyWhereThereIsEnoughTraffic) {
  EXPECT_FALSE(Find(KindId::kAddressConflict));
  HealthReport report;
  report.steady.seconds = 300;
  report.steady.down = {3001, 90};
  report.steady.up = {3000, 3000};
  report.steady.name_servers = {{"192.0.2.53", {31, 0.3, 1}, 31, 4},
                                {"192.0.2.54", {30, 9, 9}, 30, 30}};
  tick_.reports.health = std::make_shared<HealthReport>(report);
  EXPECT_DOUBLE_EQ(Find(KindId::kRetransmissions, "downloads")->value,
                   90.0 / 3001);
  EXPECT_FALSE(Find(KindId::kRetransmissions, "uploads"));
  EXPECT_EQ(Find(KindId::kDnsSlow, "192.0.2.53")->value, 0.3);
  EXPECT_DOUBLE_EQ(Find(KindId::kDnsFailing, "192.0.2.53")->value, 4.0 / 31);
  EXPECT_EQ(Find(KindId::kDnsFailing, "192.0.2.53")->detail, "4 of 31");
  EXPECT_FALSE(Find(KindId::kDnsSlow, "192.0.2.54"));
  EXPECT_FALSE(Find(KindId::kDnsFailing, "192.0.2.54"));
  EXPECT_EQ(Find(KindId::kAddressConflict)->value, 0);
  report.steady.address_conflict = "10.0.0.7: a and b";
  tick_.reports.health = std::make_shared<HealthReport>(report);
  EXPECT_EQ(Find(KindId::kAddressConflict)->value, 1);
  EXPECT_EQ(Find(KindId::kAddressConflict)->detail, "10.0.0.7: a and b");
  EXPECT_STREQ(SubjectKindOf(KindId::kDnsSlow), "server");
  EXPECT_STREQ(SubjectKindOf(KindId::kRetransmissions), "direction");
}

}  // namespace
}  // namespace ntm::alerts
