#include "ntm/flow/server_classes.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <utility>
#include <vector>

namespace ntm {
namespace {

Address HostAt(const std::string& text) { return ParseAddress(text).value(); }

Packet BetweenHosts(const std::string& src, uint16_t src_port,
                    const std::string& dst, uint16_t dst_port) {
  Packet packet;
  packet.src = HostAt(src);
  packet.dst = HostAt(dst);
  packet.src_port = src_port;
  packet.dst_port = dst_port;
  packet.has_ports = true;
  return packet;
}

// The class, which must be the same in both directions.
ClassId ClassBetween(const ServerClasses& servers, const std::string& client,
                     uint16_t client_port, const std::string& server,
                     uint16_t server_port) {
  const ClassId to =
      servers.Find(BetweenHosts(client, client_port, server, server_port));
  EXPECT_EQ(
      servers.Find(BetweenHosts(server, server_port, client, client_port)), to);
  return to;
}

ServerClasses::Rule ForAll(const std::string& server, ClassId id) {
  return {HostAt(server), Address(), id};
}
ServerClasses::Rule ForClient(const std::string& server,
                              const std::string& client, ClassId id) {
  return {HostAt(server), HostAt(client), id};
}

TEST(ServerClassesTest, AServerHasItsClassInBothDirections) {
  const std::vector rules = {ForAll("198.51.100.1", kClassVideo),
                             ForAll("2001:db8::1", kClassVoice)};
  const ServerClasses servers(rules);
  EXPECT_EQ(ClassBetween(servers, "10.0.0.1", 40000, "198.51.100.1", 443),
            kClassVideo);
  // Media may go to a port above the client's.
  EXPECT_EQ(ClassBetween(servers, "10.0.0.1", 40000, "198.51.100.1", 50001),
            kClassVideo);
  EXPECT_EQ(ClassBetween(servers, "fd00::1", 40000, "2001:db8::1", 443),
            kClassVoice);
  EXPECT_EQ(ClassBetween(servers, "10.0.0.1", 40000, "198.51.100.2", 443),
            kNoClass);
}

TEST(ServerClassesTest, AtASharedAddressOnlyItsClientsHaveAClass) {
  const std::vector rules = {
      ForAll("198.51.100.1", kNoClass),
      ForClient("198.51.100.1", "10.0.0.1", kClassVideo),
      ForClient("198.51.100.1", "10.0.0.2", kClassVoice)};
  const ServerClasses servers(rules);
  EXPECT_EQ(ClassBetween(servers, "10.0.0.1", 40000, "198.51.100.1", 443),
            kClassVideo);
  EXPECT_EQ(ClassBetween(servers, "10.0.0.2", 40000, "198.51.100.1", 443),
            kClassVoice);
  EXPECT_EQ(ClassBetween(servers, "10.0.0.3", 40000, "198.51.100.1", 443),
            kNoClass);
}

TEST(ServerClassesTest, OfTwoServersTheOneWithTheLowerPortDecides) {
  const std::vector rules = {ForAll("10.0.0.1", kClassVoice),
                             ForAll("198.51.100.1", kClassVideo)};
  const ServerClasses servers(rules);
  EXPECT_EQ(ClassBetween(servers, "10.0.0.1", 40000, "198.51.100.1", 443),
            kClassVideo);
  EXPECT_EQ(ClassBetween(servers, "10.0.0.1", 80, "198.51.100.1", 40000),
            kClassVoice);
  // One of the two, but both directions agree.
  EXPECT_NE(ClassBetween(servers, "10.0.0.1", 53, "198.51.100.1", 53),
            kNoClass);
}

TEST(ServerClassesTest, FindsEachOfManyAndNoneOfTheOthers) {
  std::vector<ServerClasses::Rule> rules;
  const auto address = [](int n) {
    return "198.51." + std::to_string(n / 250) + "." +
           std::to_string(n % 250 + 1);
  };
  for (int n = 0; n < 4096; ++n) {
    rules.push_back(ForAll(address(n), n % 2 == 0 ? kClassVideo : kClassVoice));
  }
  const ServerClasses servers(rules);
  for (int n = 0; n < 8192; ++n) {
    EXPECT_EQ(servers.Find(BetweenHosts("10.0.0.1", 40000, address(n), 443)),
              n >= 4096    ? kNoClass
              : n % 2 == 0 ? kClassVideo
                           : kClassVoice)
        << n;
  }
}

TEST(ServerClassesTest, TellsOnceWhichRulesDecided) {
  const std::vector rules = {ForAll("198.51.100.1", kClassVideo),
                             ForAll("198.51.100.2", kNoClass),
                             ForClient("198.51.100.2", "10.0.0.1", kClassVoice),
                             ForAll("198.51.100.3", kClassVideo)};
  const ServerClasses servers(rules);
  const auto seen = [&] {
    std::set<std::pair<std::string, std::string>> all;
    servers.TakeSeen([&](const ServerClasses::Rule& rule) {
      all.emplace(ToString(rule.server), ToString(rule.client));
    });
    return all;
  };
  using Seen = std::set<std::pair<std::string, std::string>>;
  EXPECT_EQ(seen(), Seen());
  ClassBetween(servers, "10.0.0.1", 40000, "198.51.100.1", 443);
  ClassBetween(servers, "10.0.0.1", 40000, "198.51.100.2", 443);
  EXPECT_EQ(seen(), (Seen{{"198.51.100.1", ""}, {"198.51.100.2", "10.0.0.1"}}));
  EXPECT_EQ(seen(), Seen());
  ClassBetween(servers, "10.0.0.9", 40000, "198.51.100.2", 443);
  EXPECT_EQ(seen(), (Seen{{"198.51.100.2", ""}}));
}

}  // namespace
}  // namespace ntm
