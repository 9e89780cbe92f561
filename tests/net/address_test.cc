#include "ntm/net/address.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>

#include <array>
#include <random>
#include <string>

namespace ntm {
namespace {

Address Ipv6Of(const std::string& text) {
  std::array<uint8_t, 16> bytes{};
  EXPECT_EQ(inet_pton(AF_INET6, text.c_str(), bytes.data()), 1) << text;
  return Address::Ipv6(bytes.data());
}

std::string ByInetNtop(int family, const Address& address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  inet_ntop(family, address.bytes.data(), text.data(), text.size());
  return text.data();
}

TEST(AddressTest, WritesEveryOctetAsInetNtopDoes) {
  for (unsigned octet = 0; octet < 256; ++octet) {
    const std::array<uint8_t, 4> octets{
        static_cast<uint8_t>(octet), static_cast<uint8_t>(255 - octet),
        static_cast<uint8_t>(octet / 2), static_cast<uint8_t>(octet * 7)};
    const Address address = Address::Ipv4(octets.data());
    EXPECT_EQ(ToString(address), ByInetNtop(AF_INET, address));
  }
}

TEST(AddressTest, WritesIpv6AsRfc5952Says) {
  const std::array<std::array<const char*, 2>, 12> cases{{
      {"2001:0db8:0:0:0:0:2:1", "2001:db8::2:1"},
      {"2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"},
      {"2001:0:0:1:0:0:0:1", "2001:0:0:1::1"},
      {"2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"},
      {"2001:DB8::1", "2001:db8::1"},
      {"::", "::"},
      {"::1", "::1"},
      {"1::", "1::"},
      {"0:0:0:0:0:ffff:102:304", "::ffff:1.2.3.4"},
      {"::102:304", "::1.2.3.4"},
      {"::ffff:0:102:304", "::ffff:0:102:304"},
      {"fe80:0:0:0:aaaa:bbbb:cccc:dddd", "fe80::aaaa:bbbb:cccc:dddd"},
  }};
  for (const auto& [text, written] : cases) {
    EXPECT_EQ(ToString(Ipv6Of(text)), written);
  }
}

// Every pattern of zero groups, each with several kinds of other groups.
TEST(AddressTest, WritesEveryPatternOfZeroGroupsAsInetNtopDoes) {
  constexpr std::array<unsigned, 6> kGroups{0x1,    0x20,   0x300,
                                            0x4000, 0xffff, 0xabcd};
  for (const unsigned group : kGroups) {
    for (unsigned pattern = 0; pattern < 256; ++pattern) {
      Address address;
      address.kind = AddressKind::kIpv6;
      for (size_t i = 0; i < 8; ++i) {
        if ((pattern >> i & 1U) == 0) continue;
        address.bytes[2 * i] = static_cast<uint8_t>(group >> 8);
        address.bytes[2 * i + 1] = static_cast<uint8_t>(group);
      }
      EXPECT_EQ(ToString(address), ByInetNtop(AF_INET6, address));
    }
  }
}

TEST(AddressTest, WritesRandomIpv6AsInetNtopDoes) {
  std::minstd_rand random(20240607);
  for (int i = 0; i < 20000; ++i) {
    Address address;
    address.kind = AddressKind::kIpv6;
    const auto sparse = random();  // a third of the octets stay zero
    for (size_t j = 0; j < 16; ++j) {
      if ((sparse >> j & 1U) == 0)
        address.bytes[j] = static_cast<uint8_t>(random());
    }
    ASSERT_EQ(ToString(address), ByInetNtop(AF_INET6, address));
  }
}

TEST(AddressTest, WritesTheOtherKinds) {
  const std::array<uint8_t, 6> mac{0x02, 0x00, 0x5e, 0xab, 0x0c, 0xff};
  EXPECT_EQ(ToString(Address::Mac(mac.data())), "02:00:5e:ab:0c:ff");
  EXPECT_EQ(ToString(Address()), "");
  EXPECT_EQ(ToString(Address::Other()), "other");
}

TEST(AddressTest, WritesNoMoreThanItsLength) {
  std::array<char, kMaxAddressText + 1> text{};
  text.fill('#');
  const Address longest = Ipv6Of("1111:2222:3333:4444:5555:6666:7777:8888");
  const size_t length = FormatAddress(longest, text.data());
  EXPECT_EQ(length, 39U);
  EXPECT_EQ(text[length], '#');
}

TEST(AddressTest, DistinguishesGroupsFromHosts) {
  for (const char* text : {"224.0.0.1", "239.255.255.250", "255.255.255.255",
                           "ff02::1", "ff0e::1"}) {
    EXPECT_TRUE(IsGroup(ParseAddress(text).value())) << text;
  }
  for (const char* text :
       {"223.255.255.255", "10.0.0.255", "0.0.0.0", "::", "fe80::1"}) {
    EXPECT_FALSE(IsGroup(ParseAddress(text).value())) << text;
  }
  const std::array<uint8_t, 6> group = {0x33, 0x33, 0, 0, 0, 1};
  const std::array<uint8_t, 6> host = {0x02, 0, 0, 0, 0, 1};
  EXPECT_TRUE(IsGroup(Address::Mac(group.data())));
  EXPECT_FALSE(IsGroup(Address::Mac(host.data())));
  EXPECT_FALSE(IsGroup(Address()));
  EXPECT_FALSE(IsGroup(Address::Other()));
}

TEST(AddressTest, ComparesByKindAndBytes) {
  const std::array<uint8_t, 6> octets{1, 2, 3, 4, 0, 0};
  EXPECT_EQ(Address::Ipv4(octets.data()), Address::Ipv4(octets.data()));
  EXPECT_NE(Address::Ipv4(octets.data()), Address::Mac(octets.data()));
}

}  // namespace
}  // namespace ntm
