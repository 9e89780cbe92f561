#include "ntm/net/anonymizer.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace ntm {
namespace {

// The key of the sample trace in the authors' reference implementation.
constexpr Anonymizer::Key kPublishedKey = {
    21,  34,  23,  141, 51,  164, 207, 128, 19, 10, 91, 22, 73, 144, 125, 16,
    216, 152, 143, 131, 121, 121, 101, 39,  98, 87, 76, 45, 42, 132, 34,  2};

Anonymizer::Key OtherKey() {
  Anonymizer::Key key = kPublishedKey;
  key[0] ^= 1;
  return key;
}

Address Ip(const std::string& text) {
  std::array<uint8_t, 16> bytes{};
  if (inet_pton(AF_INET, text.c_str(), bytes.data()) == 1) {
    return Address::Ipv4(bytes.data());
  }
  EXPECT_EQ(inet_pton(AF_INET6, text.c_str(), bytes.data()), 1) << text;
  return Address::Ipv6(bytes.data());
}

size_t SharedBits(const Address& a, const Address& b) {
  for (size_t i = 0; i < 128; ++i) {
    if (((a.bytes[i / 8] ^ b.bytes[i / 8]) >> (7 - i % 8) & 1) != 0) return i;
  }
  return 128;
}

std::string AliasText(const Anonymizer& anonymizer, const std::string& text) {
  return ToString(anonymizer.Alias(Ip(text)));
}

TEST(AnonymizerTest, AgreesWithThePublishedSample) {
  const Anonymizer anonymizer(kPublishedKey);
  EXPECT_EQ(AliasText(anonymizer, "128.11.68.132"), "135.242.180.132");
  EXPECT_EQ(AliasText(anonymizer, "129.118.74.4"), "134.136.186.123");
  EXPECT_EQ(AliasText(anonymizer, "130.132.252.244"), "133.68.164.234");
}

// The first 32 bits of IPv6 addresses are flipped like those of IPv4 addresses.
TEST(AnonymizerTest, FlipsTheFirstBitsOfBothKindsAlike) {
  const Anonymizer anonymizer(kPublishedKey);
  const Address v4 = anonymizer.Alias(Ip("32.1.13.184"));
  const Address v6 = anonymizer.Alias(Ip("2001:db8::1"));
  EXPECT_TRUE(
      std::equal(v4.bytes.begin(), v4.bytes.begin() + 4, v6.bytes.begin()));
}

class AnonymizerPrefixTest : public testing::TestWithParam<AddressKind> {};

TEST_P(AnonymizerPrefixTest, KeepsExactlyTheSharedBits) {
  const Anonymizer anonymizer(kPublishedKey);
  const size_t bits = GetParam() == AddressKind::kIpv4 ? 32 : 128;
  std::mt19937 random(3);
  for (size_t shared = 0; shared < bits; ++shared) {
    for (int i = 0; i < 20; ++i) {
      Address a;
      a.kind = GetParam();
      for (size_t at = 0; at < bits / 8; ++at) {
        a.bytes[at] = static_cast<uint8_t>(random());
      }
      Address b = a;
      b.bytes[shared / 8] ^= static_cast<uint8_t>(0x80U >> shared % 8);
      for (size_t at = shared + 1; at < bits; ++at) {
        b.bytes[at / 8] ^= static_cast<uint8_t>((random() & 1) << (7 - at % 8));
      }
      EXPECT_EQ(SharedBits(anonymizer.Alias(a), anonymizer.Alias(b)), shared)
          << ToString(a) << " " << ToString(b);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Kinds, AnonymizerPrefixTest,
                         testing::Values(AddressKind::kIpv4,
                                         AddressKind::kIpv6));

TEST(AnonymizerTest, IsOneToOneWithinANetwork) {
  const Anonymizer anonymizer(kPublishedKey);
  std::set<std::string> aliases;
  std::set<std::string> networks;
  for (int i = 0; i < 65536; ++i) {
    const uint8_t octets[4] = {192, 168, static_cast<uint8_t>(i >> 8),
                               static_cast<uint8_t>(i)};
    const Address alias = anonymizer.Alias(Address::Ipv4(octets));
    aliases.insert(ToString(alias));
    networks.insert(std::to_string(alias.bytes[0]) + "." +
                    std::to_string(alias.bytes[1]));
  }
  EXPECT_EQ(aliases.size(), 65536U);
  EXPECT_EQ(networks.size(), 1U);
}

TEST(AnonymizerTest, GivesTheSameAliasForTheSameKeyOnly) {
  const Anonymizer one(kPublishedKey);
  const Anonymizer two(kPublishedKey);
  const Anonymizer other(OtherKey());
  for (const char* text : {"192.168.1.7", "8.8.8.8", "2001:db8::1", "::"}) {
    EXPECT_EQ(AliasText(one, text), AliasText(two, text));
    EXPECT_NE(AliasText(one, text), AliasText(other, text));
  }
}

TEST(AnonymizerTest, UsesBothHalvesOfTheKey) {
  Anonymizer::Key key = kPublishedKey;
  key.back() ^= 1;
  EXPECT_NE(AliasText(Anonymizer(kPublishedKey), "192.168.1.7"),
            AliasText(Anonymizer(key), "192.168.1.7"));
}

TEST(AnonymizerTest, KeepsAliasesWhenTheCacheIsCleared) {
  const Anonymizer large(kPublishedKey);
  const Anonymizer small(kPublishedKey, 3);
  for (int round = 0; round < 2; ++round) {
    for (uint8_t i = 0; i < 10; ++i) {
      const uint8_t octets[4] = {10, 0, 0, i};
      EXPECT_EQ(small.Alias(Address::Ipv4(octets)),
                large.Alias(Address::Ipv4(octets)));
    }
  }
}

TEST(AnonymizerTest, GivesAllMacsOneAlias) {
  const Anonymizer anonymizer(kPublishedKey);
  const uint8_t one[6] = {2, 0, 0, 0, 0, 1};
  const uint8_t two[6] = {0xac, 0xde, 0x48, 0, 0x11, 0x22};
  EXPECT_EQ(anonymizer.Alias(Address::Mac(one)),
            anonymizer.Alias(Address::Mac(two)));
}

TEST(AnonymizerTest, DoesNotChangeOtherAndNone) {
  const Anonymizer anonymizer(kPublishedKey);
  EXPECT_EQ(anonymizer.Alias(Address::Other()), Address::Other());
  EXPECT_EQ(anonymizer.Alias(Address()), Address());
}

TEST(AnonymizerTest, GivesManyThreadsTheSameAliases) {
  const Anonymizer shared(kPublishedKey, 100);
  const Anonymizer alone(kPublishedKey);
  std::vector<Address> expected;
  for (uint8_t i = 0; i < 200; ++i) {
    const uint8_t octets[4] = {10, 1, 2, i};
    expected.push_back(alone.Alias(Address::Ipv4(octets)));
  }
  std::array<int, 4> wrong{};
  {
    std::vector<std::jthread> threads;
    for (int& count : wrong) {
      threads.emplace_back([&] {
        for (int round = 0; round < 20; ++round) {
          for (uint8_t i = 0; i < 200; ++i) {
            const uint8_t octets[4] = {10, 1, 2, i};
            count += shared.Alias(Address::Ipv4(octets)) == expected[i] ? 0 : 1;
          }
        }
      });
    }
  }
  EXPECT_EQ(wrong, (std::array<int, 4>{}));
}

}  // namespace
}  // namespace ntm
