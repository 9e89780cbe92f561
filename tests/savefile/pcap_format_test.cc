// pcap files: their variants, and what is left of damaged ones.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <pcap/dlt.h>

#include <string>
#include <vector>

#include "read_savefile.h"
#include "savefile_bytes.h"

namespace ntm {
namespace {

using test::PcapHeader;
using test::PcapPacket;
using test::PcapShape;

constexpr int64_t kPcapSecond = 1'000'000'000;

std::string FrameOf(size_t bytes, char fill) {
  return std::string(bytes, fill);
}

std::string TextOf(const test::CapturedFrame& frame) {
  return {frame.bytes.begin(), frame.bytes.end()};
}

TEST(PcapFormatTest, ReadsEachMagicInBothByteOrders) {
  for (const bool is_big : {false, true}) {
    for (const uint32_t magic : {0xa1b2c3d4, 0xa1b23c4d, 0xa1b2cd34}) {
      const PcapShape shape{.magic = magic, .is_big = is_big};
      const auto read = test::Read(
          PcapHeader(shape) + PcapPacket(shape, 7, 5, FrameOf(60, 'a'), 1500) +
          PcapPacket(shape, 8, 6, FrameOf(1, 'b')));
      ASSERT_EQ(read.frames.size(), 2U) << std::hex << magic;
      EXPECT_EQ(TextOf(read.frames[0]), FrameOf(60, 'a'));
      EXPECT_EQ(read.frames[0].wire_bytes, 1500U);
      EXPECT_EQ(read.frames[0].time_ns,
                7 * kPcapSecond + (magic == 0xa1b23c4d ? 5 : 5000));
      EXPECT_EQ(read.frames[0].link_type, DLT_EN10MB);
      EXPECT_EQ(TextOf(read.frames[1]), "b");
      EXPECT_EQ(read.skipped_bytes, 0U);
    }
  }
}

TEST(PcapFormatTest, SwapsTheLengthsOfVersionsBefore2Dot3) {
  const PcapShape shape{.minor_version = 2};
  const auto read = test::Read(PcapHeader(shape) +
                               PcapPacket(shape, 1, 1, FrameOf(20, 'a'), 90));
  ASSERT_EQ(read.frames.size(), 1U);
  EXPECT_EQ(read.frames[0].bytes.size(), 20U);
  EXPECT_EQ(read.frames[0].wire_bytes, 90U);
}

TEST(PcapFormatTest, IgnoresWhatTheLinkTypeSaysOfTheFcs) {
  const PcapShape shape{.link_type = 0x54000065};  // raw IP, 5 words of FCS
  const auto read =
      test::Read(PcapHeader(shape) + PcapPacket(shape, 1, 1, "x"));
  ASSERT_EQ(read.frames.size(), 1U);
  EXPECT_EQ(read.frames[0].link_type, DLT_RAW);
}

TEST(PcapFormatTest, ReadsAFileWithoutPackets) {
  EXPECT_EQ(test::Read(PcapHeader()).frames.size(), 0U);
}

TEST(PcapFormatTest, ReadsHeadersThatSayMoreWasCapturedThanCame) {
  std::string odd = PcapPacket({}, 1, 1, FrameOf(60, 'a'));
  odd[12] = 46;  // without the padding
  const auto read = test::Read(PcapHeader() + odd + odd);
  ASSERT_EQ(read.frames.size(), 2U);
  EXPECT_EQ(read.frames[1].bytes.size(), 60U);
  EXPECT_EQ(read.frames[1].wire_bytes, 60U);
  EXPECT_EQ(read.skipped_bytes, 0U);
}

TEST(PcapFormatTest, ReadsFramesLongerThanItsBuffer) {
  const PcapShape shape{.snaplen = 1 << 20};
  std::string file = PcapHeader(shape);
  for (const char fill : {'a', 'b', 'c'}) {
    file += PcapPacket(shape, 1, 1, FrameOf(700'000, fill));
  }
  const auto read = test::Read(file);
  ASSERT_EQ(read.frames.size(), 3U);
  EXPECT_EQ(TextOf(read.frames[2]), FrameOf(700'000, 'c'));
}

TEST(PcapFormatTest, RefusesWhatIsNoCapture) {
  EXPECT_THAT(test::ErrorOf(""), testing::HasSubstr("it is empty"));
  EXPECT_THAT(test::ErrorOf("this is a text\n"),
              testing::HasSubstr("neither a pcap nor a pcapng file"));
  EXPECT_THAT(test::ErrorOf(PcapHeader().substr(0, 23)),
              testing::HasSubstr("ends within its header"));
  std::string newer = PcapHeader();
  newer[4] = 3;
  EXPECT_THAT(test::ErrorOf(newer),
              testing::HasSubstr("version 3.4 of the pcap format"));
}

class DamagedPcapTest : public testing::Test {
 protected:
  DamagedPcapTest() {
    file_ = PcapHeader(shape_);
    for (int i = 0; i < kPackets; ++i) {
      begins_.push_back(file_.size());
      // No frame looks like packets of its own.
      file_ += PcapPacket(shape_, 1'700'000'000 + i, 999'999,
                          FrameOf(60 + 10 * i, static_cast<char>('a' + i)));
    }
    begins_.push_back(file_.size());
  }

  static constexpr int kPackets = 8;
  PcapShape shape_;
  std::string file_;
  std::vector<size_t> begins_;  // of the packets, and the end
};

TEST_F(DamagedPcapTest, GivesWhatIsWholeBeforeACut) {
  for (size_t size = begins_.front(); size < file_.size(); ++size) {
    const auto read = test::Read(file_.substr(0, size));
    size_t whole = 0;
    while (begins_[whole + 1] <= size) ++whole;
    ASSERT_EQ(read.frames.size(), whole) << size;
    ASSERT_EQ(read.skipped_bytes, size - begins_[whole]) << size;
    if (read.skipped_bytes == 0) continue;
    ASSERT_THAT(read.damage, testing::StartsWith(
                                 "at byte " + std::to_string(begins_[whole]) +
                                 ": the file ends within a packet"));
  }
}

TEST_F(DamagedPcapTest, GoesOnBehindALengthWithAFlippedBit) {
  for (int packet = 0; packet < kPackets; ++packet) {
    for (int bit = 0; bit < 32; ++bit) {
      std::string damaged = file_;
      damaged[begins_[packet] + 8 + bit / 8] ^= static_cast<char>(1 << bit % 8);
      const auto read = test::Read(damaged);
      // It, and the one into which its length leads.
      EXPECT_GE(read.frames.size() + 2, kPackets) << packet << ' ' << bit;
      EXPECT_LE(read.frames.size(), kPackets) << packet << ' ' << bit;
      if (read.frames.size() < kPackets) {
        EXPECT_GT(read.skipped_bytes, 0U) << packet << ' ' << bit;
      }
    }
  }
}

TEST_F(DamagedPcapTest, FindsThePacketsBehindAnyGap) {
  const std::string gap(1000, '\xff');
  for (int packet = 0; packet <= kPackets; ++packet) {
    std::string damaged = file_;
    damaged.insert(begins_[packet], gap);
    const auto read = test::Read(damaged);
    EXPECT_EQ(read.frames.size(), kPackets) << packet;
    EXPECT_EQ(read.skipped_bytes, gap.size()) << packet;
    EXPECT_THAT(read.damage, testing::HasSubstr(
                                 "at byte " + std::to_string(begins_[packet]) +
                                 ": a packet of 4294967295 bytes"));
  }
}

}  // namespace
}  // namespace ntm
