// pcapng files: their blocks, and what is left of damaged ones.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <pcap/dlt.h>

#include <string>
#include <vector>

#include "read_savefile.h"
#include "savefile_bytes.h"

namespace ntm {
namespace {

using test::PcapngShape;
using test::SavefileBytes;
using testing::ElementsAre;

constexpr uint16_t kEthernetLink = 1;
constexpr uint16_t kRawLink = 101;
constexpr uint16_t kCookedLink = 113;

constexpr PcapngShape kLittle{};
constexpr PcapngShape kBig{.is_big = true};

std::vector<std::string> TextsOf(const test::ReadSavefile& read) {
  std::vector<std::string> texts;
  for (const auto& frame : read.frames) {
    texts.emplace_back(frame.bytes.begin(), frame.bytes.end());
  }
  return texts;
}

std::vector<int> LinkTypesOf(const test::ReadSavefile& read) {
  std::vector<int> types;
  for (const auto& frame : read.frames) types.push_back(frame.link_type);
  return types;
}

TEST(PcapngFormatTest, ReadsEachPacketBlockInBothByteOrders) {
  for (const PcapngShape& shape : {kLittle, kBig}) {
    const auto read = test::Read(
        shape.Section() + shape.Interface(kEthernetLink) +
        shape.Enhanced(0, 5'000'000, "enhanced", 99) +
        shape.Old(0, uint64_t{1} << 33, "old") + shape.Simple("simple", 6));
    EXPECT_THAT(TextsOf(read), ElementsAre("enhanced", "old", "simple"));
    EXPECT_EQ(read.frames[0].wire_bytes, 99U);
    EXPECT_EQ(read.frames[0].time_ns, 5'000'000'000);
    EXPECT_EQ(read.frames[1].time_ns, (int64_t{1} << 33) * 1000);
    // It has no time of its own.
    EXPECT_EQ(read.frames[2].time_ns, read.frames[1].time_ns);
    EXPECT_EQ(read.skipped_bytes, 0U);
  }
}

TEST(PcapngFormatTest, CutsSimplePacketsAtTheSnapLength) {
  const auto read =
      test::Read(kLittle.Section() + kLittle.Interface(kEthernetLink, 4) +
                 kLittle.Simple("abcd", 1000));
  EXPECT_THAT(TextsOf(read), ElementsAre("abcd"));
  EXPECT_EQ(read.frames[0].wire_bytes, 1000U);
}

TEST(PcapngFormatTest, ReadsInterfacesOfSeveralLinkTypesThatComeLate) {
  const auto read = test::Read(
      kLittle.Section() + kLittle.Interface(kEthernetLink, 65535) +
      kLittle.Enhanced(0, 1, "a") + kLittle.Interface(kRawLink, 262144) +
      kLittle.Enhanced(1, 2, "b") + kLittle.Interface(kCookedLink) +
      kLittle.Enhanced(2, 3, "c") + kLittle.Enhanced(0, 4, "d"));
  EXPECT_THAT(TextsOf(read), ElementsAre("a", "b", "c", "d"));
  EXPECT_THAT(LinkTypesOf(read),
              ElementsAre(DLT_EN10MB, DLT_RAW, DLT_LINUX_SLL, DLT_EN10MB));
}

TEST(PcapngFormatTest, ReadsSectionsOfBothByteOrders) {
  const auto read = test::Read(
      kLittle.Section() + kLittle.Interface(kEthernetLink) +
      kLittle.Enhanced(0, 1, "a") + kBig.Section() + kBig.Interface(kRawLink) +
      kBig.Enhanced(0, 2, "b") + kLittle.Section() +
      kLittle.Interface(kCookedLink) + kLittle.Enhanced(0, 3, "c"));
  EXPECT_THAT(TextsOf(read), ElementsAre("a", "b", "c"));
  EXPECT_THAT(LinkTypesOf(read),
              ElementsAre(DLT_EN10MB, DLT_RAW, DLT_LINUX_SLL));
}

TEST(PcapngFormatTest, PassesOverOtherBlocks) {
  std::string file = kLittle.Section() + kLittle.Block(5, "statistics");
  for (const uint32_t type : {4U, 5U, 9U, 10U, 0xbadU, 0x80001234U}) {
    file += kLittle.Block(type, std::string(100'000, 'x'));
  }
  file += kLittle.Interface(kEthernetLink) + kLittle.Enhanced(0, 1, "a");
  const auto read = test::Read(file);
  EXPECT_THAT(TextsOf(read), ElementsAre("a"));
  EXPECT_EQ(read.skipped_bytes, 0U);
}

TEST(PcapngFormatTest, UsesTheResolutionAndTheOffsetOfEachInterface) {
  const auto with = [](const std::string& options) {
    return kLittle.Interface(kEthernetLink, 0, options);
  };
  const std::string offset = SavefileBytes(false).U64(100).text();
  const auto read = test::Read(
      kLittle.Section() + with(kLittle.Option(9, "\x09")) +
      with(kLittle.Option(9, std::string(1, '\0')) +
           kLittle.Option(14, offset) + kLittle.Option(0, "")) +
      with(kLittle.Option(9, "\x8a")) +
      kLittle.Enhanced(0, 1'000'000'007, "a") + kLittle.Enhanced(1, 5, "b") +
      kLittle.Enhanced(2, 1024 + 512, "c"));
  ASSERT_EQ(read.frames.size(), 3U);
  EXPECT_EQ(read.frames[0].time_ns, 1'000'000'007);
  EXPECT_EQ(read.frames[1].time_ns, 105'000'000'000);
  EXPECT_EQ(read.frames[2].time_ns, 1'500'000'000);
}

TEST(PcapngFormatTest, GivesEachFrameTheNameOfItsInterface) {
  const auto named = [](const std::string& name) {
    return kLittle.Interface(kEthernetLink, 0, kLittle.Option(2, name));
  };
  const auto read = test::Read(
      kLittle.Section() + named("lan") + named("wan") +
      kLittle.Interface(kEthernetLink) + kLittle.Enhanced(1, 1, "a") +
      kLittle.Enhanced(2, 1, "b") + kLittle.Enhanced(0, 1, "c") +
      kLittle.Section() + named("wan") + kLittle.Enhanced(0, 1, "d"));
  EXPECT_THAT(read.interfaces, ElementsAre("wan", "", "lan", "wan"));
}

TEST(PcapngFormatTest, RefusesAFileWhoseHeadSaysNothing) {
  std::string file = kLittle.Section();
  EXPECT_THAT(test::ErrorOf(file.substr(0, 27)),
              testing::HasSubstr("ends within its first block"));
  file[8] = 'x';
  EXPECT_THAT(test::ErrorOf(file), testing::HasSubstr("byte order"));
  file = kLittle.Section();
  file[12] = 2;
  EXPECT_THAT(test::ErrorOf(file),
              testing::HasSubstr("version 2 of the pcapng format"));
}

TEST(PcapngFormatTest, SkipsPacketsThatCannotBeRight) {
  const std::string wrong = kLittle.Enhanced(7, 1, "lost");
  std::string longer = kLittle.Enhanced(0, 1, "lost");
  longer[20] = 100;
  const auto read = test::Read(
      kLittle.Section() + kLittle.Interface(kEthernetLink) + wrong +
      kLittle.Enhanced(0, 1, "a") + longer + kLittle.Enhanced(0, 1, "b"));
  EXPECT_THAT(TextsOf(read), ElementsAre("a", "b"));
  EXPECT_EQ(read.skipped_bytes, wrong.size() + longer.size());
  EXPECT_EQ(read.damage,
            "at byte 48: a packet of interface 7, which is not described");
}

// Section, interface, packets and another block, and where each begins.
class DamagedPcapngTest : public testing::TestWithParam<bool> {
 protected:
  DamagedPcapngTest() {
    const PcapngShape shape{.is_big = GetParam()};
    Add(shape.Section(), false);
    Add(shape.Interface(kEthernetLink), false);
    Add(shape.Enhanced(0, 1, std::string(60, 'a')), true);
    Add(shape.Old(0, 1, std::string(61, 'b')), true);
    Add(shape.Block(5, "statistics"), false);
    Add(shape.Simple(std::string(62, 'c'), 62), true);
    Add(shape.Enhanced(0, 2, std::string(63, 'd')), true);
    begins_.push_back(file_.size());
  }

  void Add(const std::string& block, bool is_packet) {
    begins_.push_back(file_.size());
    is_packet_.push_back(is_packet);
    file_ += block;
  }
  size_t blocks() const { return is_packet_.size(); }
  size_t PacketsBefore(size_t block) const {
    size_t packets = 0;
    for (size_t i = 0; i < block; ++i) packets += is_packet_[i] ? 1 : 0;
    return packets;
  }

  std::string file_;
  std::vector<size_t> begins_;  // of the blocks, and the end
  std::vector<bool> is_packet_;
};

TEST_P(DamagedPcapngTest, GivesWhatIsWholeBeforeACut) {
  for (size_t size = begins_[1]; size < file_.size(); ++size) {
    const auto read = test::Read(file_.substr(0, size));
    size_t whole = 0;
    while (begins_[whole + 1] <= size) ++whole;
    ASSERT_EQ(read.frames.size(), PacketsBefore(whole)) << size;
    ASSERT_EQ(read.skipped_bytes, size - begins_[whole]) << size;
  }
}

TEST_P(DamagedPcapngTest, LosesOneBlockToAFlippedBitOfItsLengths) {
  const size_t packets = PacketsBefore(blocks());
  // Without a section or an interface there are no packets at all.
  for (size_t block = 2; block < blocks(); ++block) {
    for (const size_t field : {begins_[block] + 4, begins_[block + 1] - 4}) {
      for (int bit = 0; bit < 32; ++bit) {
        std::string damaged = file_;
        damaged[field + bit / 8] ^= static_cast<char>(1 << bit % 8);
        const auto read = test::Read(damaged);
        EXPECT_EQ(read.frames.size(), packets - (is_packet_[block] ? 1 : 0))
            << block << ' ' << field << ' ' << bit;
        EXPECT_EQ(read.skipped_bytes, begins_[block + 1] - begins_[block])
            << block << ' ' << field << ' ' << bit;
        EXPECT_THAT(read.damage,
                    testing::StartsWith("at byte " +
                                        std::to_string(begins_[block]) + ": "))
            << block << ' ' << field << ' ' << bit;
      }
    }
  }
}

TEST_P(DamagedPcapngTest, ReadsOnBehindAFlippedBitOfTheSectionsLengths) {
  const size_t packets = PacketsBefore(blocks());
  for (const size_t field : {size_t{4}, begins_[1] - 4}) {
    for (int bit = 0; bit < 32; ++bit) {
      std::string damaged = file_;
      damaged[field + bit / 8] ^= static_cast<char>(1 << bit % 8);
      const auto read = test::Read(damaged);
      EXPECT_EQ(read.frames.size(), packets) << field << ' ' << bit;
      EXPECT_EQ(read.skipped_bytes, begins_[1]) << field << ' ' << bit;
    }
  }
}

TEST_P(DamagedPcapngTest, SaysThatAnInterfaceIsMissing) {
  std::string damaged = file_;
  damaged[begins_[1] + 4] ^= 0x40;
  damaged[begins_[1] + 7] ^= 0x40;
  const auto read = test::Read(damaged);
  EXPECT_EQ(read.frames.size(), 0U);
  EXPECT_GT(read.skipped_bytes, begins_[2] - begins_[1]);
}

TEST_P(DamagedPcapngTest, FindsTheBlocksBehindAnyGap) {
  const std::string gap(1001, '\xff');
  for (size_t block = 1; block <= blocks(); ++block) {
    std::string damaged = file_;
    damaged.insert(begins_[block], gap);
    const auto read = test::Read(damaged);
    EXPECT_EQ(read.frames.size(), PacketsBefore(blocks())) << block;
    EXPECT_EQ(read.skipped_bytes, gap.size()) << block;
  }
}

INSTANTIATE_TEST_SUITE_P(Orders, DamagedPcapngTest, testing::Bool());

}  // namespace
}  // namespace ntm
