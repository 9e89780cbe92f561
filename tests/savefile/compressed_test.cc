// Capture files that are packed with gzip or zstd.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <string>

#include "read_savefile.h"
#include "savefile_bytes.h"

namespace ntm {
namespace {

using test::GzipOf;
using test::ZstdOf;

// Longer than the buffers on the way.
std::string LongFile(size_t packets) {
  std::string file = test::PcapHeader();
  std::minstd_rand random;
  for (size_t i = 0; i < packets; ++i) {
    std::string frame(200, '\0');
    for (char& byte : frame) byte = static_cast<char>(random());
    file += test::PcapPacket({}, static_cast<uint32_t>(i), 0, frame);
  }
  return file;
}

TEST(CompressedTest, ReadsGzipAndZstd) {
  const std::string file = LongFile(5000);
  for (const std::string& packed : {GzipOf(file), ZstdOf(file)}) {
    const auto read = test::Read(packed);
    ASSERT_EQ(read.frames.size(), 5000U);
    EXPECT_EQ(read.frames.back().time_ns, 4999'000'000'000);
    EXPECT_EQ(read.skipped_bytes, 0U);
    EXPECT_EQ(read.error, "");
  }
}

TEST(CompressedTest, ReadsMembersThatArePutTogether) {
  const std::string file = LongFile(3000);
  const std::string first = file.substr(0, 99'999);
  const std::string second = file.substr(99'999);
  for (const std::string& packed :
       {GzipOf(first) + GzipOf(second) + std::string(512, '\0'),
        ZstdOf(first) + ZstdOf(second),
        // A skippable frame before.
        "\x51\x2a\x4d\x18" + std::string("\x03\0\0\0abc", 7) + ZstdOf(file)}) {
    const auto read = test::Read(packed);
    EXPECT_EQ(read.frames.size(), 3000U);
    EXPECT_EQ(read.error, "");
  }
}

TEST(CompressedTest, GivesWhatIsWholeBeforeACut) {
  const std::string file = LongFile(3000);
  for (const std::string& packed : {GzipOf(file), ZstdOf(file)}) {
    for (const size_t cut : {size_t{1}, size_t{5}, packed.size() / 2}) {
      const auto read = test::Read(packed.substr(0, packed.size() - cut));
      EXPECT_THAT(read.error,
                  testing::HasSubstr("ends within its compressed data"));
      if (cut > 5) {
        EXPECT_LT(read.frames.size(), 3000U);
        EXPECT_GT(read.frames.size(), 100U);
      }
    }
  }
}

TEST(CompressedTest, StopsAtDamagedDataAndSaysWhere) {
  const std::string file = LongFile(3000);
  for (std::string packed : {GzipOf(file), ZstdOf(file)}) {
    for (size_t i = 0; i < 64; ++i) packed[packed.size() / 2 + i] ^= 0x5a;
    const auto read = test::Read(packed);
    EXPECT_THAT(read.error, testing::HasSubstr("data is damaged, at byte "));
    EXPECT_LT(read.frames.size(), 3000U);
    EXPECT_GT(read.frames.size(), 100U);
  }
}

TEST(CompressedTest, NamesTheProgramThatUnpacksOtherCompressions) {
  EXPECT_THAT(test::ErrorOf("\xfd\x37zXZ" + std::string(40, 'x')),
              testing::HasSubstr("xzcat FILE | ntm -r -"));
  EXPECT_THAT(test::ErrorOf("BZh91AY"),
              testing::HasSubstr("bzcat FILE | ntm -r -"));
  EXPECT_THAT(test::ErrorOf("\x04\x22\x4d\x18 and so on"),
              testing::HasSubstr("lz4cat FILE | ntm -r -"));
}

}  // namespace
}  // namespace ntm
