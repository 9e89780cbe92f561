#include "ntm/flow/host_text.h"

#include <gtest/gtest.h>

#include <memory>
#include <span>
#include <string>
#include <vector>

namespace ntm {
namespace {

Address At(const std::string& text) { return ParseAddress(text).value(); }

TEST(HostTextTest, IsTheAddressOrItsNetwork) {
  const Snapshot snapshot;
  EXPECT_EQ(HostText(snapshot, At("10.1.2.3"), {}), "10.1.2.3");
  EXPECT_EQ(HostText(snapshot, At("10.1.2.3"), {24, 64}), "10.1.2.0/24");
  EXPECT_EQ(HostText(snapshot, At("2001:db8::7"), {24, 64}), "2001:db8::/64");
  EXPECT_EQ(HostText(snapshot, Address::Internet(), {8, 8}), "internet");
}

TEST(HostTextTest, NeverShowsAHiddenAddress) {
  Snapshot snapshot;
  const Anonymizer::Key key{1, 2, 3};
  snapshot.anonymizer = std::make_shared<const Anonymizer>(key);
  const Address alias = snapshot.anonymizer->Alias(At("10.1.2.3"));
  EXPECT_EQ(HostText(snapshot, At("10.1.2.3"), {}), ToString(alias));
  EXPECT_NE(HostText(snapshot, At("10.1.2.3"), {}), "10.1.2.3");
  const std::string network = HostText(snapshot, At("10.1.2.3"), {24, 64});
  EXPECT_EQ(network, HostText(snapshot, At("10.1.2.77"), {24, 64}));
  EXPECT_TRUE(network.ends_with(".0/24")) << network;
  const std::array<uint8_t, 6> mac = {2, 0, 0, 0, 0, 1};
  EXPECT_EQ(HostText(snapshot, Address::Mac(mac.data()), {}), "mac");
}

TEST(HostTextTest, IsTheNameIfThereIsOne) {
  HostNames::Map names;
  names[At("10.0.0.1")] = {"nas", NameSource::kStatic};
  HostNames::ClientMap of_clients;
  of_clients[{At("10.0.0.2"), At("198.51.100.7")}] = "cdn.example";
  Snapshot snapshot;
  snapshot.names = std::make_shared<const NamedHosts>(
      std::make_shared<const HostNames>(names, of_clients), 7, nullptr,
      std::span<const Flow>());
  const auto text = [&](const char* address, const char* peer) {
    return HostText(snapshot, snapshot.names->Find(At(address), At(peer), 1),
                    {});
  };
  EXPECT_EQ(text("10.0.0.1", "10.0.0.2"), "nas");
  EXPECT_EQ(text("198.51.100.7", "10.0.0.2"), "cdn.example");
  EXPECT_EQ(text("198.51.100.7", "10.0.0.3"), "198.51.100.7");
  EXPECT_EQ(snapshot.names->SeenSince(0).size(), 2U);
  EXPECT_EQ(snapshot.names->NamesIn(LocalNetworks()).size(), 1U);
}

TEST(HostTextTest, EachEndHasTheNameByWhichTheOtherCallsIt) {
  HostNames::ClientMap of_clients;
  of_clients[{At("10.0.0.2"), At("198.51.100.7")}] = "shop.example";
  const HostNames names(
      HostNames::Map{{At("198.51.100.7"), {"cdn.example", NameSource::kPtr}}},
      of_clients);
  Snapshot snapshot;
  const auto ends = [&](const char* src, const char* dst,
                        const HostNames* known) {
    const EndNames found = NamesOfEnds(
        snapshot, FlowKey::Make(At(src), At(dst), kProtocolTcp, kNoService),
        known);
    return std::string(found.src) + ">" + std::string(found.dst);
  };
  EXPECT_EQ(ends("10.0.0.2", "198.51.100.7", &names), ">shop.example");
  EXPECT_EQ(ends("198.51.100.7", "10.0.0.2", &names), "shop.example>");
  EXPECT_EQ(ends("10.0.0.3", "198.51.100.7", &names), ">cdn.example");
  EXPECT_EQ(ends("10.0.0.2", "198.51.100.7", nullptr), ">");
  snapshot.labels.dst_prefix.ipv4 = 24;
  EXPECT_EQ(ends("10.0.0.2", "198.51.100.7", &names), ">");
  snapshot.labels.dst_prefix.ipv4 = 32;
  const Anonymizer::Key key{1, 2, 3};
  snapshot.anonymizer = std::make_shared<const Anonymizer>(key);
  EXPECT_EQ(ends("10.0.0.2", "198.51.100.7", &names), ">");
}

// Debian's /etc/hosts has "ff02::1 ip6-allnodes".
TEST(HostTextTest, AGroupHasNoNameOfAHost) {
  HostNames::Map names;
  names[At("ff02::1")] = {"ip6-allnodes", NameSource::kStatic};
  const NamedHosts named(std::make_shared<const HostNames>(names), 7, nullptr,
                         std::span<const Flow>());
  EXPECT_EQ(named.Find(At("ff02::1"), At("fe80::1"), 1), At("ff02::1"));
  EXPECT_FALSE(named.Knows(At("ff02::1"), At("fe80::1")));
}

TEST(HostTextTest, GroupsBroadcastAndNoAddressAreNoHosts) {
  Snapshot snapshot;
  const std::vector<Network> networks = {ParseNetwork("10.1.0.0/16").value()};
  snapshot.local_networks = std::make_shared<const LocalNetworks>(networks);
  const auto is_no_host = [&](const char* text, const PrefixBits& prefix = {}) {
    return IsNoHost(snapshot, At(text), prefix);
  };
  for (const char* text :
       {"224.0.0.1", "239.255.255.250", "255.255.255.255", "10.1.255.255",
        "0.0.0.0", "::", "ff02::fb", "ff0e::1"}) {
    EXPECT_TRUE(is_no_host(text)) << text;
    EXPECT_TRUE(IsListedAs(snapshot, At(text), {}, kNoHostText)) << text;
    EXPECT_TRUE(IsListedAs(snapshot, At(text), {}, text));
  }
  for (const char* text :
       {"10.1.0.255", "10.2.255.255", "223.255.255.255", "::1", "fe80::1"}) {
    EXPECT_FALSE(is_no_host(text)) << text;
    EXPECT_FALSE(IsListedAs(snapshot, At(text), {}, kNoHostText)) << text;
  }
  const std::array<uint8_t, 6> lldp = {0x01, 0x80, 0xc2, 0, 0, 0x0e};
  const std::array<uint8_t, 6> card = {0x02, 0, 0, 0, 0, 0x0e};
  EXPECT_TRUE(IsNoHost(snapshot, Address::Mac(lldp.data()), {}));
  EXPECT_FALSE(IsNoHost(snapshot, Address::Mac(card.data()), {}));
  EXPECT_FALSE(IsNoHost(snapshot, Address::Other(), {}));
  EXPECT_FALSE(IsNoHost(snapshot, Address(), {}));
  // A label of networks has the first address for all hosts of one.
  EXPECT_FALSE(is_no_host("0.0.0.0", {8, 64}));
  EXPECT_FALSE(is_no_host("::", {8, 64}));
  EXPECT_TRUE(is_no_host("239.0.0.0", {8, 64}));
}

}  // namespace
}  // namespace ntm
