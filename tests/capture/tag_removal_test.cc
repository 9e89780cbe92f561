#include "capture/tag_removal.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <string>
#include <vector>

#include "header_shapes.h"
#include "ntm/decode/decode.h"
#include "ntm/decode/tags.h"
#include "packet_builder.h"
#include "packet_text.h"

namespace ntm {
namespace {

using test::CapturedFrame;
using test::HeaderShape;
using test::HeaderShapes;

constexpr size_t kEthernetTypeOffset = 12;

struct Without {
  std::vector<uint8_t> bytes;
  size_t removed_bytes;
};

Without WithoutTags(const CapturedFrame& frame, size_t room = 65536) {
  std::vector<uint8_t> bytes(room);
  const Untagged untagged =
      RemoveTags(frame.View(), kEthernetTypeOffset, bytes);
  bytes.resize(untagged.bytes);
  return {bytes, untagged.removed_bytes};
}

TEST(TagRemovalTest, TheKernelsFilterNamesEveryTag) {
  const std::string expression(kEncapsulated);
  for (const uint16_t type : kTagTypes) {
    std::array<char, 32> term{};
    std::snprintf(term.data(), term.size(), " or ether proto 0x%04x", type);
    EXPECT_NE(expression.find(term.data()), std::string::npos) << term.data();
  }
}

TEST(TagRemovalTest, LeavesNoTagBeforeThePacket) {
  size_t tagged = 0;
  for (const HeaderShape& shape : HeaderShapes()) {
    if (shape.frame.link_type != 1) continue;
    Packet packet;
    ASSERT_EQ(Decode(shape.frame.View(), &packet), DecodeStatus::kOk);
    const Without without = WithoutTags(shape.frame);
    if (without.removed_bytes == 0) continue;
    ++tagged;
    CapturedFrame plain = shape.frame;
    plain.bytes = without.bytes;
    plain.wire_bytes -= static_cast<uint32_t>(without.removed_bytes);
    EXPECT_EQ(plain.bytes.size(), plain.wire_bytes) << shape.name;
    Packet bare;
    ASSERT_EQ(Decode(plain.View(), &bare), DecodeStatus::kOk) << shape.name;
    EXPECT_FALSE(bare.has_vlan) << shape.name;
    packet.has_vlan = false;
    EXPECT_EQ(test::Describe(bare), test::Describe(packet)) << shape.name;
    EXPECT_EQ(packet.network_offset - bare.network_offset,
              without.removed_bytes)
        << shape.name;
    EXPECT_EQ(WithoutTags(plain).removed_bytes, 0U) << shape.name;
  }
  EXPECT_GT(tagged, 25U);
}

TEST(TagRemovalTest, StaysInsideTheFrameAndTheRoom) {
  for (const HeaderShape& shape : HeaderShapes()) {
    if (shape.frame.link_type != 1) continue;
    for (size_t length = 14; length <= shape.frame.bytes.size(); ++length) {
      CapturedFrame cut = shape.frame;
      cut.bytes = {
          shape.frame.bytes.begin(),
          shape.frame.bytes.begin() + static_cast<std::ptrdiff_t>(length)};
      const Without without = WithoutTags(cut, 64);
      if (without.removed_bytes == 0) continue;
      EXPECT_EQ(without.bytes.size(),
                std::min<size_t>(length - without.removed_bytes, 64));
    }
  }
}

}  // namespace
}  // namespace ntm
