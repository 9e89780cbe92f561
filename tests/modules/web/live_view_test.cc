#include "modules/web/live_view.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "ntm/net/local_networks.h"
#include "ntm/net/services.h"

namespace ntm::web {
namespace {

using testing::ElementsAre;

constexpr int64_t kSecondNs = 1'000'000'000;

Address Ip(const std::string& text) { return ParseAddress(text).value(); }

// Snapshots of flows between a site, 10.0.0.0/8, and the internet.
class LiveViewTest : public testing::Test {
 protected:
  LiveViewTest() {
    std::istringstream lines("https 443/tcp\nrtmp 1935/tcp\nodd 4444/tcp\n");
    services_ = std::make_shared<const Services>(Services::FromStream(lines));
  }

  Snapshot At(int64_t seconds, std::vector<Flow> flows) const {
    Snapshot snapshot;
    snapshot.time_ns = seconds * kSecondNs;
    snapshot.services = services_;
    snapshot.traffic_classes = traffic_classes_;
    snapshot.local_networks = std::make_shared<const LocalNetworks>();
    snapshot.flows = std::move(flows);
    return snapshot;
  }

  Flow Of(const std::string& src, const std::string& dst, uint16_t port,
          uint64_t bytes) const {
    Flow flow;
    flow.key = FlowKey::Make(Ip(src), Ip(dst), kProtocolTcp,
                             services_->Find(kProtocolTcp, port));
    flow.bytes = bytes;
    flow.packets = 1;
    return flow;
  }

  static std::vector<std::string> Names(const std::vector<Talker>& talkers) {
    std::vector<std::string> names;
    for (const Talker& talker : talkers) names.push_back(talker.name);
    return names;
  }

  std::shared_ptr<const Services> services_;
  std::shared_ptr<const TrafficClasses> traffic_classes_ =
      std::make_shared<const TrafficClasses>();
};

TEST_F(LiveViewTest, RatesAreTheGrowthSinceTheSnapshotBefore) {
  const Snapshot before = At(10, {Of("10.0.0.1", "192.0.2.1", 443, 1000),
                                  Of("192.0.2.1", "10.0.0.1", 443, 5000)});
  const Snapshot now = At(12, {Of("10.0.0.1", "192.0.2.1", 443, 1600),
                               Of("192.0.2.1", "10.0.0.1", 443, 5000),
                               Of("192.0.2.9", "10.0.0.1", 443, 200)});
  const LiveView view = ViewOf(now, &before);
  ASSERT_EQ(view.flows.size(), 2U);
  EXPECT_EQ(view.active_flows, 2U);
  EXPECT_EQ(view.flows[0].bytes_per_second, 300);
  EXPECT_EQ(view.flows[0].bytes, 1600U);
  EXPECT_EQ(view.flows[1].bytes_per_second, 100);  // a new flow
}

TEST_F(LiveViewTest, AddressesThatAreNoHostsAreOne) {
  const Snapshot now = At(1, {Of("10.0.0.1", "239.255.255.250", 4444, 100),
                              Of("10.0.0.1", "10.0.0.255", 4444, 5),
                              Of("10.0.0.1", "10.255.255.255", 4444, 7),
                              Of("10.0.0.1", "255.255.255.255", 4444, 4),
                              Of("fe80::1", "ff02::fb", 4444, 3),
                              Of("192.0.2.1", "ff0e::1", 4444, 2),
                              Of("0.0.0.0", "255.255.255.255", 443, 1)});
  const LiveView view = ViewOf(now, nullptr);
  EXPECT_THAT(Names(view.local_hosts),
              ElementsAre("multicast and broadcast", "10.0.0.1", "10.0.0.255",
                          "fe80::1"));
  EXPECT_THAT(Names(view.remote_hosts), ElementsAre("192.0.2.1"));
  EXPECT_EQ(view.local_hosts[0].down_bytes, 117U);
  EXPECT_EQ(view.local_hosts[0].up_bytes, 1U);
  EXPECT_EQ(view.local_hosts[1].up_bytes, 116U) << "as with other receivers";
}

TEST_F(LiveViewTest, AFilterByWhatIsNoHostShowsItsFlows) {
  const Snapshot before = At(1, {});
  const Snapshot now = At(
      2, {Of("10.0.0.1", "239.255.255.250", 4444, 70),
          Of("10.0.0.2", "192.0.2.1", 443, 400), Of("::", "ff02::1", 443, 1)});
  const LiveView view = ViewOf(now, &before, {{"multicast and broadcast"}, {}});
  ASSERT_EQ(view.flows.size(), 2U);
  EXPECT_EQ(view.flows[0].dst, "239.255.255.250");
  EXPECT_EQ(view.flows[1].src, "::");
  EXPECT_THAT(Names(view.local_hosts),
              ElementsAre("multicast and broadcast", "10.0.0.1"));
}

TEST_F(LiveViewTest, APortNumberIsAService) {
  Services numbered = *services_;
  numbered.NumberPorts();
  services_ = std::make_shared<const Services>(std::move(numbered));
  Flow other = Of("10.0.0.1", "192.0.2.1", 8443, 30);
  other.key.set_service(kOtherService);
  const Snapshot before = At(1, {});
  const Snapshot now = At(2, {Of("10.0.0.1", "192.0.2.1", 8443, 70),
                              Of("192.0.2.1", "10.0.0.1", 50000, 10), other});
  const LiveView view = ViewOf(now, &before);
  EXPECT_THAT(Names(view.services), ElementsAre("8443", "other", ""));
  EXPECT_EQ(ViewOf(now, &before, {{}, "8443"}).flows.size(), 1U);
  EXPECT_EQ(ViewOf(now, &before, {{}, ""}).flows.size(), 1U);
}

TEST_F(LiveViewTest, ACounterResetGivesNoNegativeRate) {
  const Snapshot before = At(1, {Of("10.0.0.1", "192.0.2.1", 443, 9000)});
  const Snapshot now = At(2, {Of("10.0.0.1", "192.0.2.1", 443, 70)});
  EXPECT_EQ(ViewOf(now, &before).flows[0].bytes_per_second, 70);
}

TEST_F(LiveViewTest, TheFirstSnapshotHasTotalsAndNoRates) {
  const Snapshot now = At(2, {Of("10.0.0.1", "192.0.2.1", 443, 70)});
  const LiveView view = ViewOf(now, nullptr);
  EXPECT_EQ(view.active_flows, 0U);
  EXPECT_TRUE(view.flows.empty());
  EXPECT_EQ(view.local_hosts[0].up_bytes, 70U);
}

TEST_F(LiveViewTest, UpIsFromALocalHostAndDownIsToOne) {
  const Snapshot now = At(2, {Of("10.0.0.1", "192.0.2.1", 443, 70),
                              Of("192.0.2.1", "10.0.0.1", 443, 400),
                              Of("10.0.0.1", "10.0.0.2", 443, 5)});
  const LiveView view = ViewOf(now, nullptr);
  EXPECT_THAT(Names(view.local_hosts), ElementsAre("10.0.0.1", "10.0.0.2"));
  EXPECT_EQ(view.local_hosts[0].up_bytes, 75U);
  EXPECT_EQ(view.local_hosts[0].down_bytes, 400U);
  EXPECT_EQ(view.local_hosts[1].down_bytes, 5U);
  ASSERT_THAT(Names(view.remote_hosts), ElementsAre("192.0.2.1"));
  EXPECT_EQ(view.remote_hosts[0].up_bytes, 70U);
  EXPECT_EQ(view.remote_hosts[0].down_bytes, 400U);
}

TEST_F(LiveViewTest, TheBusiestComeFirstAndNoMoreThanAreShown) {
  std::vector<Flow> flows;
  for (int i = 1; i <= 30; ++i) {
    flows.push_back(Of("192.0.2." + std::to_string(i), "10.0.0.1", 443,
                       static_cast<uint64_t>(i) * 100));
  }
  const Snapshot before = At(1, {});
  const Snapshot now = At(2, flows);
  const LiveView view = ViewOf(now, &before);
  ASSERT_EQ(view.flows.size(), kShownFlows);
  EXPECT_EQ(view.flows[0].src, "192.0.2.30");
  ASSERT_EQ(view.remote_hosts.size(), kShownTalkers);
  EXPECT_EQ(view.remote_hosts[9].name, "192.0.2.21");
}

TEST_F(LiveViewTest, AFilterByHostOrServiceShowsOnlyItsFlows) {
  const Snapshot before = At(1, {});
  const Snapshot now = At(2, {Of("10.0.0.1", "192.0.2.1", 443, 70),
                              Of("192.0.2.1", "10.0.0.2", 1935, 400),
                              Of("192.0.2.9", "10.0.0.1", 1935, 3)});
  const LiveView host = ViewOf(now, &before, {{"192.0.2.1"}, {}});
  EXPECT_THAT(Names(host.local_hosts), ElementsAre("10.0.0.2", "10.0.0.1"));
  EXPECT_THAT(Names(host.remote_hosts), ElementsAre("192.0.2.1"));
  EXPECT_THAT(Names(host.services), ElementsAre("rtmp", "https"));
  EXPECT_EQ(host.flows.size(), 2U);
  EXPECT_EQ(host.active_flows, 3U);  // not filtered

  const LiveView service = ViewOf(now, &before, {{}, "rtmp"});
  EXPECT_THAT(Names(service.services), ElementsAre("rtmp"));
  EXPECT_THAT(Names(service.remote_hosts),
              ElementsAre("192.0.2.1", "192.0.2.9"));
  EXPECT_TRUE(ViewOf(now, &before, {{"192.0.2.9"}, "https"}).flows.empty());
}

TEST_F(LiveViewTest, AFlowThatChangesItsClassIsStillTheSameFlow) {
  Snapshot before = At(1, {Of("192.0.2.1", "10.0.0.1", 4444, 1000)});
  Snapshot now = At(2, {Of("192.0.2.1", "10.0.0.1", 4444, 1300)});
  before.flows[0].set_traffic_class(kClassVideo);
  now.flows[0].set_traffic_class(kClassVoice);
  const LiveView view = ViewOf(now, &before);
  EXPECT_EQ(view.flows[0].bytes_per_second, 300);
  EXPECT_EQ(view.flows[0].traffic_class, kClassVoice);
  EXPECT_EQ(view.classes[kClassVoice].active_flows, 1U);
}

TEST_F(LiveViewTest, RatesOfClassesAreThoseOfTheClassCounters) {
  Snapshot before = At(1, {});
  Snapshot now = At(3, {});
  before.captures.resize(2);
  now.captures.resize(2);
  before.captures[0].classes.classes[kClassVoice][0].bytes = 1000;
  now.captures[0].classes.classes[kClassVoice][0].bytes = 3000;
  now.captures[1].classes.classes[kClassVoice][1].bytes = 500;
  const LiveView view = ViewOf(now, &before);
  EXPECT_EQ(view.classes[kClassVoice].name, "voice");
  EXPECT_EQ(view.classes[kClassVoice].bytes, 3500U);
  EXPECT_EQ(view.classes[kClassVoice].bytes_per_second, 1250);
  EXPECT_EQ(view.classes[kClassVideo].bytes_per_second, 0);
}

TEST_F(LiveViewTest, TheSumPastTheSeriesLimitIsNotAHost) {
  Flow other = Of("10.0.0.1", "192.0.2.1", 443, 70);
  other.key =
      FlowKey::Make(Address::Other(), Address::Other(), kProtocolTcp, 0);
  const LiveView view = ViewOf(At(2, {other}), nullptr);
  EXPECT_TRUE(view.local_hosts.empty());
  EXPECT_TRUE(view.remote_hosts.empty());
}

TEST_F(LiveViewTest, EachClientsFlowsHaveTheNameByWhichItCallsTheServer) {
  HostNames::ClientMap of_clients;
  of_clients[{Ip("10.0.0.1"), Ip("192.0.2.1")}] = "shop.example";
  auto names = std::make_shared<NameReport>();
  names->names = std::make_shared<const HostNames>(
      HostNames::Map{{Ip("192.0.2.1"), {"cdn.example", NameSource::kPtr}}},
      of_clients);
  Reports reports;
  reports.names = names;
  const Snapshot before = At(1, {});
  Snapshot now = At(2, {Of("10.0.0.1", "192.0.2.1", 443, 700),
                        Of("192.0.2.1", "10.0.0.1", 443, 600),
                        Of("10.0.0.2", "192.0.2.1", 443, 500)});
  const auto ends = [&](const ShownOnly& only = {}) {
    std::vector<std::string> texts;
    for (const ActiveFlow& flow : ViewOf(now, &before, only, reports).flows) {
      texts.push_back(flow.src_name + ">" + flow.dst_name);
    }
    return texts;
  };
  EXPECT_THAT(ends(),
              ElementsAre(">shop.example", "shop.example>", ">cdn.example"));
  const auto remote = [&](const ShownOnly& only) {
    return ViewOf(now, &before, only, reports).remote_hosts.at(0).host_name;
  };
  EXPECT_EQ(remote({}), "cdn.example") << "two clients talk to it";
  EXPECT_EQ(remote({{"10.0.0.1"}, {}}), "shop.example");
  EXPECT_EQ(remote({{"10.0.0.2"}, {}}), "cdn.example");
  now.labels.dst_prefix.ipv4 = 24;
  EXPECT_THAT(ends(), ElementsAre(">", ">", ">")) << "as for the lists";
}

TEST_F(LiveViewTest, TheAddressesOfADeviceAreOneHostWithNameAndVendor) {
  auto devices = std::make_shared<DeviceReport>();
  devices->devices = {{"a4:83:e7:00:00:01",
                       "a4:83:e7:00:00:01",
                       "Apple",
                       "tablet",
                       {Ip("10.0.0.1"), Ip("fd00::1"), Ip("fd00::9")}}};
  for (const Address& address : devices->devices[0].addresses) {
    devices->by_address[address] = 0;
  }
  auto names = std::make_shared<NameReport>();
  names->names = std::make_shared<const HostNames>(
      HostNames::Map{{Ip("192.0.2.1"), {"example.org", NameSource::kPtr}}});
  Reports reports;
  reports.devices = devices;
  reports.names = names;
  const Snapshot before = At(1, {});
  Snapshot now = At(2, {Of("10.0.0.1", "192.0.2.1", 443, 70),
                        Of("2001:db8::1", "fd00::1", 443, 100),
                        Of("192.0.2.1", "10.0.0.2", 443, 400)});
  const LiveView view = ViewOf(now, &before, {}, reports);
  ASSERT_THAT(Names(view.local_hosts), ElementsAre("10.0.0.2", "10.0.0.1"));
  const Talker& tablet = view.local_hosts[1];
  EXPECT_EQ(tablet.up_bytes, 70U);
  EXPECT_EQ(tablet.down_bytes, 100U);
  EXPECT_EQ(tablet.host_name, "tablet");
  EXPECT_EQ(tablet.vendor, "Apple");
  EXPECT_THAT(tablet.addresses, ElementsAre("10.0.0.1", "fd00::1"));
  EXPECT_EQ(view.local_hosts[0].host_name, "");
  EXPECT_EQ(view.remote_hosts[0].host_name, "example.org");
  // All addresses of a device are meant by a filter with each of them.
  EXPECT_EQ(
      ViewOf(now, &before, {{"10.0.0.1", "fd00::1"}, {}}, reports).flows.size(),
      2U);
  // Nothing is known of a network.
  now.labels.src_prefix.ipv4 = 24;
  EXPECT_EQ(ViewOf(now, &before, {}, reports).local_hosts[0].host_name, "");
}

}  // namespace
}  // namespace ntm::web
