#include "modules/interfaces/site_meter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace ntm::interfaces {
namespace {

using std::chrono::seconds;
using testing::ElementsAre;

// Ticks of one second on a synthetic machine.
class SiteMeterTest : public testing::Test {
 protected:
  LinkReading& Link(const std::string& name, const std::string& address) {
    LinkReading link;
    link.name = name;
    link.index = static_cast<int>(links_.size()) + 1;
    link.up = true;
    if (!address.empty()) link.addresses = {address};
    links_.push_back(link);
    return links_.back();
  }

  LinkReading& Of(const std::string& name) {
    for (LinkReading& link : links_) {
      if (link.name == name) return link;
    }
    throw std::out_of_range(name);
  }

  void Carry(const std::string& name, uint64_t receive, uint64_t transmit) {
    Of(name).counters[kReceiveBytes] += receive;
    Of(name).counters[kTransmitBytes] += transmit;
  }

  CaptureCounters& Capture(const std::string& name) {
    captures_.emplace_back().interface = name;
    return captures_.back();
  }

  void Packets(size_t capture, uint32_t in, uint32_t out, uint32_t local) {
    for (const auto& [bytes, direction] : {std::pair{in, Direction::kIn},
                                           {out, Direction::kOut},
                                           {local, Direction::kLocal}}) {
      Packet packet;
      packet.bytes = bytes;
      captures_[capture].classes.Add(packet, kClassOther, direction);
    }
  }

  // A router with the internet at wan0 and its hosts at lan0.
  void Router() {
    Link("wan0", "203.0.113.7/24");
    Link("lan0", "192.168.1.1/24");
    routing_ = {true, {"wan0"}};
  }

  const SiteReport& Tick() {
    const Machine machine(links_, routing_, wan_names_, local_networks_);
    site_ = meter_.Take(machine, captures_, seconds(1));
    return site_;
  }

  std::vector<std::string> Boundary() const {
    std::vector<std::string> names;
    for (const SiteInterface& boundary : site_.interfaces) {
      names.push_back(boundary.name);
    }
    return names;
  }

  SiteMeter meter_{0};
  std::vector<LinkReading> links_;
  std::vector<CaptureCounters> captures_;
  Routing routing_;
  std::vector<std::string> wan_names_;
  LocalNetworks local_networks_;
  SiteReport site_;
};

TEST_F(SiteMeterTest, ReceiveIsDownIfTheMachineDoesNotRoute) {
  Link("eth0", "10.0.0.5/24");
  Capture("eth0");
  Carry("eth0", 5000, 70);
  Tick();
  EXPECT_EQ(site_.down_bytes, 5000U);
  EXPECT_EQ(site_.up_bytes, 70U);
  EXPECT_FALSE(site_.down_bytes_per_second);
  Carry("eth0", 100, 10);
  Tick();
  EXPECT_EQ(site_.down_bytes, 5100U);
  EXPECT_EQ(site_.down_bytes_per_second, 100);
  EXPECT_EQ(site_.up_bytes_per_second, 10);
  EXPECT_EQ(site_.interfaces[0].counter_name, "eth0");
}

TEST_F(SiteMeterTest, TransmitIsDownOnTheLanOfARouter) {
  Router();
  Capture("lan0");
  Tick();
  Carry("wan0", 87'000, 100);
  Carry("lan0", 90, 86'000);
  Tick();
  EXPECT_EQ(site_.down_bytes, 86'000U);
  EXPECT_EQ(site_.up_bytes, 90U);
  EXPECT_NE(site_.interfaces[0].counter_name, "lan0");
}

TEST_F(SiteMeterTest, OnlyTheOutsideOfARouterIsCounted) {
  Router();
  Capture("lan0");
  Capture("wan0");
  Carry("wan0", 87'000, 100);
  Carry("lan0", 90, 86'000);
  Tick();
  EXPECT_THAT(Boundary(), ElementsAre("wan0"));
  EXPECT_EQ(site_.down_bytes, 87'000U);
  EXPECT_EQ(site_.up_bytes, 100U);
}

TEST_F(SiteMeterTest, AllInterfacesOfAHostAreCounted) {
  Link("eth0", "10.0.0.5/24");
  Link("wlan0", "10.0.1.5/24");
  routing_.default_interfaces = {"eth0", "wlan0"};
  Capture("wlan0");
  Capture("eth0");
  Carry("eth0", 1000, 1);
  Carry("wlan0", 500, 2);
  Tick();
  EXPECT_THAT(Boundary(), ElementsAre("eth0", "wlan0"));
  EXPECT_EQ(site_.down_bytes, 1500U);
  EXPECT_EQ(site_.up_bytes, 3U);
}

TEST_F(SiteMeterTest, OptionOverridesTheRoutes) {
  Router();
  wan_names_ = {"lan0"};
  Capture("lan0");
  Carry("lan0", 90, 10);
  Tick();
  EXPECT_EQ(site_.down_bytes, 90U);
}

// As on a container host: forwarding is on, and no other interface is up.
TEST_F(SiteMeterTest, AMachineWithOneInterfaceIsNotARouter) {
  Link("eth0", "10.0.0.5/24");
  Link("docker0", "172.17.0.1/16").up = false;
  routing_.forwards = true;
  Capture("eth0");
  Carry("eth0", 90, 10);
  Tick();
  EXPECT_EQ(site_.down_bytes, 90U);
}

TEST_F(SiteMeterTest, APrivateLanIsInsideWithoutAnOutsideInterface) {
  Link("p0", "203.0.113.7/24");
  Link("p1", "192.168.1.1/24");
  routing_.forwards = true;
  Capture("p1");
  Carry("p1", 90, 10);
  Tick();
  EXPECT_EQ(site_.down_bytes, 10U);
  captures_[0].interface = "p0";
  Carry("p0", 7, 5);
  Packets(0, 400, 30, 2);
  Tick();
  EXPECT_EQ(site_.interfaces[0].sense, SiteSense::kReceiveIsDown);
  // By default the machine's own networks are local.
  local_networks_ =
      LocalNetworks(std::vector{ParseNetwork("203.0.113.0/24").value(),
                                ParseNetwork("192.168.0.0/16").value()});
  Tick();
  EXPECT_EQ(site_.interfaces[0].sense, SiteSense::kUnknown);
}

TEST_F(SiteMeterTest, ABridgeIsCountedByPacketDirection) {
  Link("br0", "192.168.1.2/24").is_bridge = true;
  routing_.default_interfaces = {"br0"};
  Capture("br0");
  Carry("br0", 88'000, 0);
  Packets(0, 80'000, 300, 7000);
  Tick();
  EXPECT_EQ(site_.down_bytes, 80'000U);
  EXPECT_EQ(site_.up_bytes, 300U);
  Packets(0, 500, 20, 100);
  Tick();
  EXPECT_EQ(site_.down_bytes, 80'500U);
  EXPECT_EQ(site_.down_bytes_per_second, 500);
  EXPECT_EQ(site_.up_bytes_per_second, 20);
}

TEST_F(SiteMeterTest, AnInterfaceWithoutAddressIsCountedByPacketDirection) {
  Link("mirror0", "fe80::1/64");
  Capture("mirror0");
  Carry("mirror0", 88'000, 0);
  Packets(0, 80'000, 300, 0);
  Tick();
  EXPECT_EQ(site_.down_bytes, 80'000U);
  EXPECT_EQ(site_.up_bytes, 300U);
}

TEST_F(SiteMeterTest, ABridgeIsCountedInsteadOfItsPorts) {
  Link("eth0", "");
  Link("br0", "192.168.1.2/24").is_bridge = true;
  Capture("eth0");
  Capture("br0").overlaps = {"eth0"};
  Packets(0, 10, 1, 0);
  Packets(1, 20, 2, 0);
  Tick();
  EXPECT_THAT(Boundary(), ElementsAre("br0"));
  EXPECT_EQ(site_.down_bytes, 20U);
}

TEST_F(SiteMeterTest, AnyIsReplacedByTheOutsideInterfaces) {
  Router();
  Capture("any").overlaps = {"any"};
  Carry("wan0", 50, 5);
  Carry("lan0", 5, 50);
  Packets(0, 100, 10, 0);
  Tick();
  EXPECT_THAT(Boundary(), ElementsAre("wan0"));
  EXPECT_EQ(site_.down_bytes, 50U);
  routing_.default_interfaces.clear();
  Packets(0, 7, 1, 0);
  Tick();
  EXPECT_THAT(Boundary(), ElementsAre("any"));
  EXPECT_EQ(site_.down_bytes, 57U);
}

// As when the interface gets its address a second after ntm has started.
TEST_F(SiteMeterTest, AChangedDirectionCountsFromThenOn) {
  Router();
  Capture("lan0");
  routing_.forwards = false;
  Carry("lan0", 1000, 70);
  Tick();
  EXPECT_EQ(site_.down_bytes, 1000U);
  routing_.forwards = true;
  Carry("lan0", 3, 40);
  Tick();
  EXPECT_EQ(site_.down_bytes, 1040U);
  EXPECT_EQ(site_.up_bytes, 73U);
  EXPECT_EQ(site_.interfaces[0].down_bytes, 40U);
}

TEST_F(SiteMeterTest, ARenamedLinkAddsOnlyItsIncrease) {
  Link("eth0", "10.0.0.5/24");
  Capture("lan0");
  Carry("eth0", 70'000, 900);
  Tick();
  EXPECT_EQ(site_.down_bytes, 0U);
  Of("eth0").name = "lan0";
  Carry("lan0", 10, 1);
  Tick();
  EXPECT_EQ(site_.down_bytes, 10U);
  EXPECT_EQ(site_.up_bytes, 1U);
}

TEST_F(SiteMeterTest, ARemovedInterfaceStaysInTheSum) {
  Link("eth0", "10.0.0.5/24");
  Capture("eth0");
  Carry("eth0", 500, 5);
  Tick();
  const std::vector<LinkReading> all = std::exchange(links_, {});
  Tick();
  EXPECT_TRUE(site_.interfaces.empty());
  EXPECT_EQ(site_.down_bytes, 500U);
  EXPECT_FALSE(site_.down_bytes_per_second);
  links_ = all;
  Carry("eth0", 7, 0);
  Tick();
  EXPECT_EQ(site_.down_bytes, 507U);
}

}  // namespace
}  // namespace ntm::interfaces
