#include "modules/names/initial_keys.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "handshake_fixture.h"
#include "modules/names/tls_hello.h"

namespace ntm::names {
namespace {

using test::FromHex;
using test::HelloBytes;
using test::Initial;
using test::Seal;

template <class Bytes>
HelloBytes AsBytes(const Bytes& bytes) {
  return {bytes.begin(), bytes.end()};
}

// The name in the packet; "" for none.
std::string NameIn(const HelloBytes& datagram) {
  InitialOpener opener;
  const auto packet = ReadQuicPacket(datagram);
  if (!packet || packet->type != QuicType::kInitial) return "";
  const auto keys = opener.KeysOf(packet->version, packet->destination_id);
  if (!keys) return "";
  const auto content = opener.Open(*packet, *keys);
  if (!content) return "";
  const auto frame = QuicFrames(*content).NextCrypto();
  return frame ? ReadClientHello(frame->data).name : "";
}

TEST(InitialKeysTest, AreThoseOfTheSpecifications) {
  InitialOpener opener;
  const HelloBytes id = FromHex("8394c8f03e515708");
  const auto of_1 = opener.KeysOf(QuicVersion::k1, id);
  ASSERT_TRUE(of_1);
  EXPECT_EQ(AsBytes(of_1->key), FromHex("1f369613dd76d5467730efcbe3b1a22d"));
  EXPECT_EQ(AsBytes(of_1->iv), FromHex("fa044b2f42a3fd3b46fb255c"));
  EXPECT_EQ(AsBytes(of_1->header_key),
            FromHex("9f50449e04a0e810283a1e9933adedd2"));
  const auto of_2 = opener.KeysOf(QuicVersion::k2, id);
  ASSERT_TRUE(of_2);
  EXPECT_EQ(AsBytes(of_2->key), FromHex("8b1a0bc121284290a29e0971b5cd045d"));
  EXPECT_EQ(AsBytes(of_2->iv), FromHex("91f73e2351d8fa91660e909f"));
  EXPECT_EQ(AsBytes(of_2->header_key),
            FromHex("45b95e15235d6f45a6b19cbcb0294ba9"));
}

TEST(InitialKeysTest, OpenTheSampleOfTheSpecification) {
  const HelloBytes packet = Seal(test::SampleFrames(), test::SampleInitial());
  ASSERT_EQ(packet.size(), 1200U);
  // The beginning as RFC 9001 A.2 prints it, and the tag, which depends on
  // every other byte.
  EXPECT_EQ(HelloBytes(packet.begin(), packet.begin() + 38),
            FromHex("c000000001088394c8f03e5157080000449e7b9aec34"
                    "d1b1c98dd7689fb8ec11d242b123dc9b"));
  EXPECT_EQ(HelloBytes(packet.end() - 16, packet.end()),
            FromHex("e221af44860018ab0856972e194cd934"));
  EXPECT_EQ(NameIn(packet), "example.com");
}

TEST(InitialKeysTest, OpenPacketsOfVersion2AndOfEachLengthOfTheNumber) {
  for (const uint32_t version : {1U, 0x6b3343cfU}) {
    for (uint8_t number_bytes = 1; number_bytes <= 4; ++number_bytes) {
      Initial initial;
      initial.version = version;
      initial.number = 7;
      initial.number_bytes = number_bytes;
      initial.token = HelloBytes(77, 5);
      EXPECT_EQ(NameIn(Seal(test::SampleFrames(), initial)), "example.com");
    }
  }
}

TEST(InitialKeysTest, OfAnotherConnectionOpenNothing) {
  Initial initial;
  initial.keys_of = HelloBytes{8, 7, 6, 5, 4, 3, 2, 1};
  EXPECT_EQ(NameIn(Seal(test::SampleFrames(), initial)), "");
}

TEST(InitialKeysTest, ACutPacketOpensNothing) {
  const HelloBytes packet = Seal(test::SampleFrames(), test::SampleInitial());
  for (size_t bytes = 0; bytes < packet.size(); ++bytes) {
    EXPECT_EQ(
        NameIn({packet.begin(), packet.begin() + static_cast<long>(bytes)}), "")
        << bytes;
  }
}

TEST(InitialKeysTest, AFlippedBitOpensNothing) {
  const HelloBytes packet = Seal(test::SampleFrames(), test::SampleInitial());
  for (size_t bit = 0; bit < packet.size() * 8; ++bit) {
    HelloBytes flipped = packet;
    flipped[bit / 8] = static_cast<uint8_t>(flipped[bit / 8] ^ 1U << bit % 8);
    EXPECT_EQ(NameIn(flipped), "") << bit;
  }
}

TEST(InitialKeysTest, PacketsWithoutRoomForAContentOpenNothing) {
  for (size_t length = 0; length < 40; ++length) {
    HelloBytes packet = test::LongHeader(0xc0, 1, {1, 2, 3, 4, 5, 6, 7, 8}, {});
    packet.push_back(0);
    test::Join(&packet, test::Variable(length));
    packet.resize(packet.size() + length, 0x55);
    ASSERT_TRUE(ReadQuicPacket(packet)) << length;
    EXPECT_EQ(NameIn(packet), "") << length;
  }
}

}  // namespace
}  // namespace ntm::names
