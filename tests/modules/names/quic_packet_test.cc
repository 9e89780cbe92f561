#include "modules/names/quic_packet.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "handshake_fixture.h"

namespace ntm::names {
namespace {

using test::HelloBytes;
using test::Join;
using test::LongHeader;

const HelloBytes kTo = {1, 2, 3, 4};
const HelloBytes kFrom = {5, 6};

HelloBytes WithLength(HelloBytes header, const HelloBytes& payload,
                      bool has_token) {
  if (has_token) Join(&header, {2, 0xaa, 0xbb});
  Join(&header, test::Variable(payload.size()));
  Join(&header, payload);
  return header;
}

// "offset+bytes" of each CRYPTO frame.
std::string Frames(const HelloBytes& content) {
  QuicFrames frames(content);
  std::string text;
  while (const auto frame = frames.NextCrypto()) {
    text += std::to_string(frame->offset) + "+" +
            std::to_string(frame->data.size()) + " ";
  }
  return text;
}

TEST(QuicPacketTest, ReadsTheHeaderOfAnInitialPacket) {
  const HelloBytes bytes =
      WithLength(LongHeader(0xc3, 1, kTo, kFrom), HelloBytes(50, 7), true);
  const auto packet = ReadQuicPacket(bytes);
  ASSERT_TRUE(packet);
  EXPECT_EQ(packet->type, QuicType::kInitial);
  EXPECT_EQ(
      HelloBytes(packet->destination_id.begin(), packet->destination_id.end()),
      kTo);
  EXPECT_EQ(HelloBytes(packet->source_id.begin(), packet->source_id.end()),
            kFrom);
  EXPECT_EQ(packet->bytes.size(), bytes.size());
  EXPECT_EQ(packet->number_offset, bytes.size() - 50);
}

TEST(QuicPacketTest, TellsTheTypesOfBothVersions) {
  const auto type_of = [](uint8_t first, uint32_t version) {
    const auto packet = ReadQuicPacket(WithLength(
        LongHeader(first, version, kTo, kFrom), HelloBytes(50, 7), false));
    return packet ? static_cast<int>(packet->type) : -1;
  };
  EXPECT_EQ(type_of(0xd0, 1), static_cast<int>(QuicType::kZeroRtt));
  EXPECT_EQ(type_of(0xe0, 1), static_cast<int>(QuicType::kHandshake));
  EXPECT_EQ(type_of(0xf0, 1), static_cast<int>(QuicType::kRetry));
  EXPECT_EQ(type_of(0xe0, 0x6b3343cf), static_cast<int>(QuicType::kZeroRtt));
  EXPECT_EQ(type_of(0xf0, 0x6b3343cf), static_cast<int>(QuicType::kHandshake));
  EXPECT_EQ(type_of(0xc0, 0x6b3343cf), static_cast<int>(QuicType::kRetry));
  EXPECT_EQ(type_of(0xc0, 0), -1) << "version negotiation";
  EXPECT_EQ(type_of(0xc0, 0xff00001d), -1) << "a draft";
  EXPECT_EQ(type_of(0xa0, 1), static_cast<int>(QuicType::kHandshake))
      << "without the fixed bit";
  EXPECT_EQ(type_of(0x40, 1), -1) << "a short header";
}

TEST(QuicPacketTest, EndsWhereItsLengthSays) {
  HelloBytes datagram =
      WithLength(LongHeader(0xc3, 1, kTo, kFrom), HelloBytes(50, 7), true);
  const size_t first_bytes = datagram.size();
  Join(&datagram,
       WithLength(LongHeader(0xe3, 1, kTo, kFrom), HelloBytes(30, 7), false));
  const auto packet = ReadQuicPacket(datagram);
  ASSERT_TRUE(packet);
  EXPECT_EQ(packet->bytes.size(), first_bytes);
  const auto next = ReadQuicPacket(Span(datagram).subspan(first_bytes));
  ASSERT_TRUE(next);
  EXPECT_EQ(next->type, QuicType::kHandshake);
}

TEST(QuicPacketTest, RefusesLengthsBeyondTheDatagram) {
  HelloBytes too_long_id = LongHeader(0xc0, 1, HelloBytes(21, 1), kFrom);
  too_long_id.resize(300);
  EXPECT_FALSE(ReadQuicPacket(too_long_id));
  for (const HelloBytes& lie :
       {HelloBytes{0x40, 0xff}, HelloBytes{0x80, 0xff, 0xff, 0xff},
        HelloBytes(8, 0xff)}) {
    HelloBytes token = LongHeader(0xc0, 1, kTo, kFrom);
    Join(&token, lie);
    token.resize(token.size() + 50);
    EXPECT_FALSE(ReadQuicPacket(token));
    HelloBytes length = LongHeader(0xc0, 1, kTo, kFrom);
    length.push_back(0);
    Join(&length, lie);
    length.resize(length.size() + 50);
    EXPECT_FALSE(ReadQuicPacket(length));
  }
}

TEST(QuicPacketTest, RefusesAPacketThatIsCutAnywhere) {
  const HelloBytes whole =
      WithLength(LongHeader(0xc3, 1, kTo, kFrom), HelloBytes(50, 7), true);
  for (size_t bytes = 0; bytes < whole.size(); ++bytes) {
    const HelloBytes cut(whole.begin(),
                         whole.begin() + static_cast<long>(bytes));
    EXPECT_FALSE(ReadQuicPacket(cut)) << bytes;
  }
}

TEST(QuicPacketTest, FindsCryptoFramesAmongOthers) {
  HelloBytes content = {0, 0, 1};         // PADDING, PING
  Join(&content, {2, 9, 0, 1, 0, 3, 4});  // ACK
  Join(&content, test::Crypto(100, HelloBytes(20, 1)));
  Join(&content, {3, 9, 0, 0, 0, 1, 2, 3});  // ACK with ECN
  Join(&content, test::Crypto(0, HelloBytes(100, 1)));
  content.resize(content.size() + 40);
  EXPECT_EQ(Frames(content), "100+20 0+100 ");
}

TEST(QuicPacketTest, EndsAtWhatIsNoFrameOfAnInitialPacket) {
  HelloBytes content = test::Crypto(0, HelloBytes(20, 1));
  Join(&content, {0x1c, 0, 0, 0});  // CONNECTION_CLOSE
  Join(&content, test::Crypto(20, HelloBytes(20, 1)));
  EXPECT_EQ(Frames(content), "0+20 ");
  // An ACK with more ranges than there are bytes.
  EXPECT_EQ(Frames({2, 9, 0, 0xbf, 0xff, 0xff, 0xff, 0, 0, 6, 0, 1, 1}), "");
  EXPECT_EQ(Frames({2, 9, 0, 5, 0}), "");
  EXPECT_EQ(Frames({6, 0, 5, 1, 2, 3, 4}), "") << "longer than the content";
  EXPECT_EQ(Frames({6, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}), "");
}

}  // namespace
}  // namespace ntm::names
