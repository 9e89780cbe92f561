#include "ntm/net/protocol.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <string>

namespace ntm {
namespace {

struct NameCase {
  Protocol protocol;
  const char* name;
};

TEST(ProtocolTest, UsesTheUsualNames) {
  constexpr NameCase kCases[] = {
      {kProtocolIcmp, "icmp"},
      {kProtocolIgmp, "igmp"},
      {4, "ipip"},
      {kProtocolTcp, "tcp"},
      {kProtocolUdp, "udp"},
      {kProtocolDccp, "dccp"},
      {41, "ipv6"},
      {46, "rsvp"},
      {kProtocolGre, "gre"},
      {kProtocolEsp, "esp"},
      {kProtocolAh, "ah"},
      {kProtocolIcmp6, "icmp6"},
      {88, "eigrp"},
      {89, "ospf"},
      {103, "pim"},
      {108, "ipcomp"},
      {112, "vrrp"},
      {113, "pgm"},
      {115, "l2tp"},
      {kProtocolSctp, "sctp"},
      {135, "mobility"},
      {kProtocolUdpLite, "udplite"},
      {kProtocolLlcBase + 0x42, "stp"},
      {kProtocolLlcBase + 0xfe, "isis"},
      {kProtocolLlcBase + 0xf0, "netbeui"},
      {kProtocolSnap, "snap"},
      {kProtocolPpp, "ppp"},
      {kProtocolOther, "other"},
      {kProtocolUnknown, "unknown"},
      {kProtocolArp, "arp"},
      {0x8035, "rarp"},
      {kProtocolIpx, "ipx"},
      {kProtocolMpls, "mpls"},
      {0x8863, "pppoed"},
      {0x888e, "eapol"},
      {0x88cc, "lldp"},
      {0x88f7, "ptp"},
      {0x8809, "slow"},
      {0x4305, "batman"},
      {kProtocolWlanManagement, "wlan-management"},
      {kProtocolWlanControl, "wlan-control"},
      {kProtocolWlanData, "wlan-data"},
  };
  for (const NameCase& c : kCases) EXPECT_EQ(ProtocolName(c.protocol), c.name);
}

TEST(ProtocolTest, WritesTheNumberIfThereIsNoName) {
  EXPECT_EQ(ProtocolName(61), "61");
  EXPECT_EQ(ProtocolName(254), "254");
  EXPECT_EQ(ProtocolName(0x88b5), "0x88b5");
  EXPECT_EQ(ProtocolName(0x0600), "0x0600");
  EXPECT_EQ(ProtocolName(kProtocolLlcBase + 0x04), "llc-0x04");
  EXPECT_EQ(ProtocolName(kProtocolLlcBase + 0xff), "llc-0xff");
}

// Two protocols with one name would give two series with the same labels.
TEST(ProtocolTest, GivesNoNameTwice) {
  std::map<std::string, unsigned> owners;
  for (unsigned number = 0; number <= 0xffff; ++number) {
    const std::string name = ProtocolName(static_cast<Protocol>(number));
    EXPECT_TRUE(owners.emplace(name, number).second)
        << name << ": " << owners[name] << " and " << number;
  }
}

TEST(ProtocolTest, WritesLowerCaseAndNoSpace) {
  for (unsigned number = 0; number <= 0xffff; ++number) {
    const std::string name = ProtocolName(static_cast<Protocol>(number));
    EXPECT_FALSE(name.empty());
    EXPECT_TRUE(std::ranges::none_of(name, [](unsigned char c) {
      return std::isupper(c) != 0 || std::isgraph(c) == 0;
    })) << name;
  }
}

}  // namespace
}  // namespace ntm
