#include "ntm/net/local_networks.h"

#include <gtest/gtest.h>

#include <random>

namespace ntm {
namespace {

Address Of(const char* text) { return ParseAddress(text).value(); }

TEST(LocalNetworksTest, ContainsTheDefaultNetworks) {
  const LocalNetworks local;
  for (const char* text :
       {"10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.7.7", "127.0.0.1",
        "169.254.1.1", "fd12::1", "fe80::1", "::1"}) {
    EXPECT_TRUE(local.Contains(Of(text))) << text;
  }
  for (const char* text : {"8.8.8.8", "172.32.0.1", "192.169.0.1",
                           "2001:db8::1", "::ffff:10.0.0.1"}) {
    EXPECT_FALSE(local.Contains(Of(text))) << text;
  }
}

TEST(LocalNetworksTest, AlwaysContainsAddressesThatNeverLeaveTheSite) {
  const LocalNetworks local(
      std::vector{ParseNetwork("203.0.113.0/24").value()});
  for (const char* text :
       {"203.0.113.9", "0.0.0.0", "255.255.255.255", "169.254.9.9",
        "224.0.0.251", "239.255.255.250", "::", "fe80::1", "febf::1",
        "ff02::fb", "ff05::1:3"}) {
    EXPECT_TRUE(local.Contains(Of(text))) << text;
  }
  for (const char* text :
       {"10.0.0.1", "203.0.114.9", "224.0.1.1", "fec0::1", "ff0e::1"}) {
    EXPECT_FALSE(local.Contains(Of(text))) << text;
  }
}

TEST(LocalNetworksTest, ChosenContainExcludesLinkLocalAddresses) {
  const LocalNetworks narrow(
      std::vector{ParseNetwork("192.168.1.0/24").value()});
  EXPECT_TRUE(narrow.ChosenContain(Of("192.168.1.9")));
  for (const char* text : {"fe80::1", "169.254.1.1", "192.168.2.9"}) {
    EXPECT_FALSE(narrow.ChosenContain(Of(text))) << text;
  }
  EXPECT_TRUE(LocalNetworks().ChosenContain(Of("fe80::1")));
}

TEST(LocalNetworksTest, NonIpAddressesAreLocal) {
  const LocalNetworks local;
  const std::array<uint8_t, 6> octets = {2, 0, 0, 0, 0, 1};
  EXPECT_TRUE(local.Contains(Address::Mac(octets.data())));
  EXPECT_TRUE(local.Contains(Address()));
}

TEST(LocalNetworksTest, DeterminesTheDirection) {
  const LocalNetworks local;
  const Address here = Of("10.0.0.1");
  const Address there = Of("8.8.8.8");
  EXPECT_EQ(local.DirectionOf(here, there), Direction::kOut);
  EXPECT_EQ(local.DirectionOf(there, here), Direction::kIn);
  EXPECT_EQ(local.DirectionOf(here, Of("10.9.9.9")), Direction::kLocal);
  EXPECT_EQ(local.DirectionOf(there, Of("1.1.1.1")), Direction::kTransit);
}

// Network::Contains() is the slow reference implementation.
TEST(LocalNetworksTest, AgreesWithEachNetworkOnRandomAddresses) {
  std::mt19937_64 random(7);
  for (int round = 0; round < 200; ++round) {
    std::vector<Network> networks;
    for (int i = 0; i < 3; ++i) {
      Address address;
      const bool is_ipv4 = random() % 2 == 0;
      const size_t length = is_ipv4 ? 4 : 16;
      for (size_t byte = 0; byte < length; ++byte) {
        address.bytes[byte] = static_cast<uint8_t>(random());
      }
      address.kind = is_ipv4 ? AddressKind::kIpv4 : AddressKind::kIpv6;
      const auto bits = static_cast<uint8_t>(random() % (length * 8 + 1));
      networks.push_back({FirstOf(address, bits), bits});
    }
    const LocalNetworks local(networks);
    for (const Network& network : networks) {
      // Inside and just outside of a network.
      for (unsigned bit = 0; bit < 32; ++bit) {
        Address address = network.address;
        address.bytes[bit / 8] ^= static_cast<uint8_t>(0x80U >> bit % 8);
        EXPECT_EQ(local.Contains(address), IsLocal(address, local.networks()));
      }
    }
  }
}

TEST(LocalNetworksTest, FindsTheNetworksOfAnInterface) {
  const std::vector<std::string> names = {"lo"};
  const std::vector<Network> networks = NetworksOfInterfaces(names);
  ASSERT_FALSE(networks.empty());
  EXPECT_TRUE(IsLocal(Of("127.9.9.9"), networks));
  EXPECT_FALSE(IsLocal(Of("8.8.8.8"), networks));
  const std::vector<std::string> none = {"no-such-interface"};
  EXPECT_TRUE(NetworksOfInterfaces(none).empty());
}

TEST(LocalNetworksTest, KnowsTheDirectedBroadcastOfItsNetworks) {
  const std::vector<Network> networks = {
      ParseNetwork("192.168.4.0/22").value(),
      ParseNetwork("10.0.0.0/30").value(), ParseNetwork("10.1.0.0/31").value(),
      ParseNetwork("10.2.0.3/32").value(), ParseNetwork("fd00::/64").value()};
  const LocalNetworks local(networks);
  const auto is = [&](const char* text) {
    return local.IsDirectedBroadcast(Of(text));
  };
  EXPECT_TRUE(is("192.168.7.255"));
  EXPECT_TRUE(is("10.0.0.3"));
  EXPECT_TRUE(is("169.254.255.255"));
  EXPECT_FALSE(is("192.168.4.255")) << "a host of 192.168.4.0/22";
  EXPECT_FALSE(is("192.168.4.0"));
  EXPECT_FALSE(is("10.0.0.2"));
  EXPECT_FALSE(is("10.1.0.1")) << "one of two hosts, RFC 3021";
  EXPECT_FALSE(is("10.2.0.3")) << "a network of one";
  EXPECT_FALSE(is("8.8.8.255"));
  EXPECT_FALSE(is("fd00::ffff:ffff:ffff:ffff")) << "IPv6 has no broadcast";
}

TEST(LocalNetworksTest, NamesTheDirections) {
  EXPECT_EQ(DirectionName(Direction::kIn), "in");
  EXPECT_EQ(DirectionName(Direction::kTransit), "transit");
  EXPECT_EQ(DirectionName(Direction::kNone), "");
}

}  // namespace
}  // namespace ntm
