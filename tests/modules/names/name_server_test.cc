#include "modules/names/name_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "ntm/base/error.h"

namespace ntm::names {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

NameServer Server(const char* address, uint16_t port = kDnsPort,
                  const char* scope = "") {
  return {ParseAddress(address).value(), scope, port};
}

TEST(NameServerTest, ParsesAddressPortAndScope) {
  EXPECT_THAT(ParseNameServers(""), IsEmpty());
  EXPECT_THAT(
      ParseNameServers("192.168.0.1,127.0.0.1:5353,::1,[::1]:65535,"
                       "fe80::1%eth0,[fe80::1%3]:53,[fe80::2%br-lan.7]:1"),
      ElementsAre(Server("192.168.0.1"), Server("127.0.0.1", 5353),
                  Server("::1"), Server("::1", 65535),
                  Server("fe80::1", 53, "eth0"), Server("fe80::1", 53, "3"),
                  Server("fe80::2", 1, "br-lan.7")));
}

TEST(NameServerTest, RefusesUnusableServers) {
  for (const char* text :
       {"1.2.3.4:abc", "127.0.0.1:99999", "127.0.0.1:0", "1.2.3.4:", ":53",
        "ns.example.com", "fe80::1", "fe80::1%", "[fe80::1]:53", "::1%lo",
        "1.2.3.4%eth0", "[1.2.3.4]:53", "fe80::1%../x", "1.2.3.4,,5.6.7.8",
        "1.1.1.1,1.1.1.1,1.1.1.1,1.1.1.1,1.1.1.1,1.1.1.1,1.1.1.1,1.1.1.1,"
        "1.1.1.1"}) {
    try {
      ParseNameServers(text);
      ADD_FAILURE() << text;
    } catch (const Error& error) {
      EXPECT_EQ(error.exit_code(), kExitUsage);
      EXPECT_THAT(error.what(), HasSubstr("--dns-server: '"));
    }
  }
}

TEST(NameServerTest, ReadsServersAndScopesFromTheSystem) {
  const SystemServers servers = ReadSystemServers(
      "# by the router\nsearch lan\nnameserver fe80::5054:ff:fe12:1%eth0\n"
      "nameserver\t192.168.0.1 # the old one\n"
      "nameserver fe80::1\nnameserver ns.lan\noptions edns0\n");
  EXPECT_THAT(servers.usable,
              ElementsAre(Server("fe80::5054:ff:fe12:1", 53, "eth0"),
                          Server("192.168.0.1")));
  EXPECT_THAT(servers.others, ElementsAre("fe80::1", "ns.lan"));
}

TEST(NameServerTest, DefaultsToTheLoopbackIfTheSystemHasNone) {
  EXPECT_THAT(ReadSystemServers("").usable, ElementsAre(Server("127.0.0.1")));
  EXPECT_THAT(ReadSystemServers("nameserver fe80::1\n").usable, IsEmpty());
}

}  // namespace
}  // namespace ntm::names
