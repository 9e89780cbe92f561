#include "ntm/net/network.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace ntm {
namespace {

Address Parsed(const std::string& text) { return ParseAddress(text).value(); }

TEST(AddressTest, ReadsWhatItWrites) {
  for (const char* text : {"0.0.0.0", "192.168.0.10", "255.255.255.255",
                           "::", "::1", "2001:db8::7", "::ffff:10.0.0.1"}) {
    ASSERT_TRUE(ParseAddress(text)) << text;
    EXPECT_EQ(ToString(*ParseAddress(text)), text);
  }
  EXPECT_EQ(Parsed("2001:DB8:0::7"), Parsed("2001:db8::7"));
}

TEST(AddressTest, RefusesTextThatIsNotAnAddress) {
  const std::string with_zero("10.0.0.1\0x", 10);
  for (const std::string& text :
       {std::string(), std::string("10"), std::string("10.0.0"),
        std::string("10.0.0.256"), std::string(" 10.0.0.1"),
        std::string("10.0.0.1 "), std::string("010.0.0.1x"),
        std::string("fe80::1%eth0"), std::string(":::"), with_zero,
        std::string(1000, '1')}) {
    EXPECT_FALSE(ParseAddress(text)) << text;
  }
}

struct HoldsCase {
  const char* network;
  const char* address;
  bool holds;
};

TEST(NetworkTest, ContainsTheAddressesWithItsPrefix) {
  for (const HoldsCase& c : {HoldsCase{"10.0.0.0/8", "10.0.0.0", true},
                             {"10.0.0.0/8", "10.255.255.255", true},
                             {"10.0.0.0/8", "9.255.255.255", false},
                             {"10.0.0.0/8", "11.0.0.0", false},
                             {"172.16.0.0/12", "172.31.255.255", true},
                             {"172.16.0.0/12", "172.32.0.0", false},
                             {"192.168.1.128/25", "192.168.1.128", true},
                             {"192.168.1.128/25", "192.168.1.127", false},
                             {"0.0.0.0/0", "203.0.113.9", true},
                             {"0.0.0.0/0", "::1", false},
                             {"10.0.0.0/8", "::ffff:10.0.0.1", false},
                             {"192.0.2.1", "192.0.2.1", true},
                             {"192.0.2.1", "192.0.2.0", false},
                             {"fd00::/8", "fd12:3456::1", true},
                             {"fd00::/8", "fe00::1", false},
                             {"2001:db8::/33", "2001:db8:7fff::", true},
                             {"2001:db8::/33", "2001:db8:8000::", false},
                             {"::/0", "2001:db8::1", true},
                             {"::1", "::1", true},
                             {"::1", "::", false}}) {
    const auto network = ParseNetwork(c.network);
    ASSERT_TRUE(network) << c.network;
    EXPECT_EQ(network->Contains(Parsed(c.address)), c.holds)
        << c.network << " " << c.address;
  }
}

TEST(NetworkTest, ContainsNoNonIpAddress) {
  const std::array<uint8_t, 6> mac = {2, 0, 0, 0, 0, 1};
  for (const char* text : {"0.0.0.0/0", "::/0"}) {
    EXPECT_FALSE(ParseNetwork(text)->Contains(Address::Mac(mac.data())));
    EXPECT_FALSE(ParseNetwork(text)->Contains(Address::Other()));
    EXPECT_FALSE(ParseNetwork(text)->Contains(Address()));
  }
}

TEST(NetworkTest, ClearsBitsAfterThePrefix) {
  EXPECT_EQ(ToString(ParseNetwork("10.1.2.3/8").value()), "10.0.0.0/8");
  EXPECT_EQ(ToString(ParseNetwork("10.1.255.3/17").value()), "10.1.128.0/17");
  EXPECT_EQ(ToString(ParseNetwork("fdff::1/7").value()), "fc00::/7");
  EXPECT_EQ(ToString(ParseNetwork("192.0.2.1").value()), "192.0.2.1/32");
  EXPECT_EQ(ToString(ParseNetwork("::1").value()), "::1/128");
}

TEST(NetworkTest, RefusesTextThatIsNotANetwork) {
  for (const char* text :
       {"", "/", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/8 ",
        "10.0.0.0/+8", "10.0.0.0/8/8", "10.0.0/8", "fd00::/129", "fd00::/x",
        "internet", "10.0.0.0/255.0.0.0", "10.0.0.0/4294967297"}) {
    EXPECT_FALSE(ParseNetwork(text)) << text;
  }
}

TEST(NetworkTest, KnowsWhatIsLocalByDefault) {
  for (const char* text :
       {"10.0.0.1", "172.16.0.1", "172.31.255.254", "192.168.0.10",
        "169.254.1.1", "127.0.0.1", "fd00::1", "fc00::1", "fe80::1", "::1"}) {
    EXPECT_TRUE(IsLocal(Parsed(text))) << text;
  }
  for (const char* text :
       {"8.8.8.8", "172.15.255.255", "172.32.0.1", "192.169.0.1", "100.64.0.1",
        "2001:db8::1", "ff02::1", "fec0::1", "0.0.0.0", "::"}) {
    EXPECT_FALSE(IsLocal(Parsed(text))) << text;
  }
}

TEST(NetworkTest, MacAddressesAreLocalAndOtherIsNot) {
  const std::array<uint8_t, 6> mac = {2, 0, 0, 0, 0, 1};
  EXPECT_TRUE(IsLocal(Address::Mac(mac.data())));
  EXPECT_FALSE(IsLocal(Address::Other()));
  EXPECT_FALSE(IsLocal(Address()));
}

TEST(NetworkTest, IsLocalUsesTheGivenNetworks) {
  const std::array<Network, 2> networks = {
      ParseNetwork("198.51.100.0/24").value(),
      ParseNetwork("2001:db8::/32").value()};
  EXPECT_TRUE(IsLocal(Parsed("198.51.100.7"), networks));
  EXPECT_TRUE(IsLocal(Parsed("2001:db8::1"), networks));
  EXPECT_FALSE(IsLocal(Parsed("10.0.0.1"), networks));
}

}  // namespace
}  // namespace ntm
