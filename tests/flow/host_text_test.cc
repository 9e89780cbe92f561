#include "ntm/flow/host_text.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

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

}  // namespace
}  // namespace ntm
