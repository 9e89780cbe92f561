#include "modules/devices/sightings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "device_fixture.h"
#include "ntm/net/protocol.h"

namespace ntm::devices {
namespace {

using test::Ip;
using test::Mac;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

constexpr int64_t kNs = 1'000'000'000;

class SightingsTest : public testing::Test {
 protected:
  // Flows of this second.
  std::vector<Address> At(
      int64_t seconds,
      const std::vector<std::pair<std::string, std::string>>& flows) {
    Snapshot snapshot;
    snapshot.time_ns = seconds * kNs;
    snapshot.local_networks = std::make_shared<const LocalNetworks>();
    for (const auto& [src, dst] : flows) {
      Flow flow;
      flow.key = FlowKey::Make(Ip(src), Ip(dst), kProtocolUdp, kNoService);
      flow.last_seen_ns = snapshot.time_ns;
      snapshot.flows.push_back(flow);
    }
    std::vector<Address> addresses;
    seen_ = sightings_.In(snapshot, neighbours_);
    for (const Sighting& sighting : seen_) {
      addresses.push_back(sighting.address);
    }
    return addresses;
  }

  Neighbours neighbours_;
  Sightings sightings_;
  std::vector<Sighting> seen_;
};

TEST_F(SightingsTest, ANeighbourIsSeenWithItsFirstPacket) {
  neighbours_.macs = {{Ip("10.0.0.1"), Mac(1)}, {Ip("10.0.0.2"), Mac(2)}};
  EXPECT_THAT(At(100, {{"10.0.0.1", "192.0.2.1"}}),
              ElementsAre(Ip("10.0.0.1")));
  EXPECT_EQ(seen_[0].mac, Mac(1));
  EXPECT_FALSE(seen_[0].is_router);
  // And one without packets is not.
  EXPECT_THAT(At(105, {}), IsEmpty());
}

TEST_F(SightingsTest, ARemoteHostOrAGroupIsNone) {
  neighbours_.macs = {{Ip("192.0.2.1"), Mac(1)},
                      {Ip("239.255.255.250"), Mac(2)},
                      {Ip("127.0.0.1"), Mac(3)}};
  EXPECT_THAT(
      At(100, {{"192.0.2.1", "239.255.255.250"}, {"127.0.0.1", "0.0.0.0"}}),
      IsEmpty());
}

TEST_F(SightingsTest, WithoutANeighbourItHasToSendAndReceiveForAWhile) {
  const std::string host = "10.0.0.1";
  EXPECT_THAT(At(100, {{host, "192.0.2.1"}, {"192.0.2.1", host}}), IsEmpty());
  EXPECT_THAT(At(129, {{host, "192.0.2.1"}, {"192.0.2.1", host}}), IsEmpty());
  EXPECT_THAT(At(130, {{host, "192.0.2.1"}}), ElementsAre(Ip(host)));
  EXPECT_EQ(seen_[0].mac.kind, AddressKind::kNone);
}

TEST_F(SightingsTest, ForgedSourcesThatReceiveNothingAreNeverSeen) {
  std::vector<std::pair<std::string, std::string>> flood;
  for (int i = 0; i < 20'000; ++i) {
    flood.emplace_back(
        "10.1." + std::to_string(i / 250) + "." + std::to_string(1 + i % 250),
        "192.0.2.1");
  }
  for (int64_t s = 100; s < 400; s += 50) {
    ASSERT_THAT(At(s, flood), IsEmpty());
  }
}

TEST_F(SightingsTest, AnIpv6AddressWithoutHardwareAddressIsNone) {
  for (int64_t s = 100; s < 400; s += 50) {
    ASSERT_THAT(At(s, {{"fd00::1", "2001:db8::1"}, {"2001:db8::1", "fd00::1"}}),
                IsEmpty());
  }
}

TEST_F(SightingsTest, AGatewayOfTheDefaultRouteIsARouter) {
  neighbours_.macs = {{Ip("10.0.0.1"), Mac(1)},
                      {Ip("10.0.0.9"), Mac(1)},
                      {Ip("10.0.0.2"), Mac(2)}};
  neighbours_.gateways = {Ip("10.0.0.1")};
  At(100, {{"10.0.0.1", "10.0.0.2"}, {"10.0.0.9", "10.0.0.2"}});
  for (const Sighting& sighting : seen_) {
    EXPECT_EQ(sighting.is_router, sighting.mac == Mac(1));
  }
  EXPECT_EQ(seen_.size(), 3U);
}

TEST_F(SightingsTest, ThisMachineIsSeenWithoutANeighbour) {
  neighbours_.own = {{Ip("10.0.0.1"), Mac(1)}};
  EXPECT_THAT(At(100, {{"10.0.0.1", "192.0.2.1"}}),
              ElementsAre(Ip("10.0.0.1")));
  EXPECT_TRUE(seen_[0].is_self);
}

TEST(NeighboursTest, AHardwareAddressWithManyAddressesIsARouters) {
  Neighbours neighbours;
  for (size_t i = 1; i <= Neighbours::kMostAddresses; ++i) {
    neighbours.macs.emplace(Ip("10.0.0." + std::to_string(i)), Mac(1));
  }
  EXPECT_THAT(neighbours.Routers(), IsEmpty());
  neighbours.macs.emplace(Ip("10.0.0.250"), Mac(1));
  EXPECT_THAT(neighbours.Routers(), ElementsAre(Mac(1)));
}

TEST(NeighboursTest, GatewaysAreThoseOfTheDefaultRoutes) {
  std::istringstream routes(
      "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\n"
      "eth0\t00000000\t0101A8C0\t0003\t0\t0\t100\t00000000\n"
      "ppp0\t00000000\t00000000\t0001\t0\t0\t200\t00000000\n"
      "eth0\t0000000A\t0201A8C0\t0003\t0\t0\t0\t000000FF\n");
  EXPECT_THAT(ParseGateways(routes), ElementsAre(Ip("192.168.1.1")));
  std::istringstream ipv6(
      "fd000000000000000000000000000000 40 00000000000000000000000000000000 00 "
      "00000000000000000000000000000000 00000100 00000001 00000000 00000001 "
      "eth0\n"
      "00000000000000000000000000000000 00 00000000000000000000000000000000 00 "
      "fe800000000000000000000000000001 00000400 00000001 00000000 00000003 "
      "eth0\n"
      "00000000000000000000000000000000 00 00000000000000000000000000000000 00 "
      "00000000000000000000000000000000 ffffffff 00000001 00000000 00200200 "
      "lo\n");
  EXPECT_THAT(ParseIpv6Gateways(ipv6), UnorderedElementsAre(Ip("fe80::1")));
}

}  // namespace
}  // namespace ntm::devices
