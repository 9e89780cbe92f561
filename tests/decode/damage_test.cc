// Sends every frame of the corpus, and one of every combination of headers,
// through the pipeline, truncated at every length and with every byte changed:
// the sums stay exact.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "capture_file.h"
#include "header_shapes.h"
#include "ntm/capture/pipeline.h"
#include "ntm/flow/snapshot.h"
#include "shared_data.h"

namespace ntm {
namespace {

using test::CapturedFrame;

// The headers end before this offset; later bytes are only counted.
constexpr size_t kLookedAtBytes = 512;

constexpr std::array<uint8_t, 3> kChanges{0xff, 0x01, 0x80};

class DamagedFrames : public testing::Test {
 protected:
  // Copies into a heap block of exactly that size, so that ASan detects any
  // access after its end.
  void Take(const Frame& like, const uint8_t* bytes, size_t size) {
    const auto exact = std::make_unique<uint8_t[]>(size);
    std::copy_n(bytes, size, exact.get());
    Frame frame = like;
    frame.data = exact.get();
    frame.captured_bytes = static_cast<uint32_t>(size);
    input_.OnFrame(frame);
    ++taken_;
  }

  void ExpectExactSums(const std::string& path) {
    Snapshot snapshot;
    {
      const std::scoped_lock lock(pipeline_.lock());
      pipeline_.CopyTo(&snapshot);
    }
    uint64_t packets = snapshot.evicted_packets;
    uint64_t bytes = snapshot.evicted_bytes;
    for (const Flow& flow : snapshot.flows) {
      packets += flow.packets;
      bytes += flow.bytes;
    }
    for (const uint64_t errors : snapshot.decode_errors) packets += errors;
    EXPECT_EQ(packets, taken_) << path;
    EXPECT_EQ(packets, input_.counts().packets) << path;
    EXPECT_EQ(bytes, input_.counts().bytes) << path;
  }

  void TakeCutAtEveryLength(const CapturedFrame& captured) {
    const size_t size = captured.bytes.size();
    for (size_t cut = 0; cut < std::min(size, kLookedAtBytes); ++cut) {
      Take(captured.View(), captured.bytes.data(), cut);
    }
    Take(captured.View(), captured.bytes.data(), size);
  }

  void TakeWithAnyByteChanged(const CapturedFrame& captured) {
    std::vector<uint8_t> bytes = captured.bytes;
    for (size_t i = 0; i < std::min(bytes.size(), kLookedAtBytes); ++i) {
      for (const uint8_t change : kChanges) {
        bytes[i] ^= change;
        Take(captured.View(), bytes.data(), bytes.size());
        bytes[i] ^= change;
      }
    }
  }

  Pipeline pipeline_{1000, 1, std::make_shared<const Services>()};
  Pipeline::Input input_{&pipeline_, 1};
  uint64_t taken_ = 0;
};

class DamageTest : public DamagedFrames {
 protected:
  void SetUp() override {
    const std::string folder = test::SharedPath("pcaps/corpus");
    if (!std::filesystem::exists(folder)) {
      GTEST_SKIP() << "there is no corpus at " << folder;
    }
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
      paths_.push_back(entry.path().string());
    }
    std::ranges::sort(paths_);
    ASSERT_FALSE(paths_.empty());
  }

  std::vector<std::string> paths_;
};

TEST_F(DamageTest, FramesCutAtEveryLengthKeepTheSumsExact) {
  for (const std::string& path : paths_) {
    for (const CapturedFrame& captured : test::ReadPcap(path)) {
      TakeCutAtEveryLength(captured);
    }
    ExpectExactSums(path);
  }
  EXPECT_GT(taken_, 100'000U);
}

TEST_F(DamageTest, FramesWithAnyByteChangedKeepTheSumsExact) {
  for (const std::string& path : paths_) {
    for (const CapturedFrame& captured : test::ReadPcap(path)) {
      TakeWithAnyByteChanged(captured);
    }
    ExpectExactSums(path);
  }
  EXPECT_GT(taken_, 100'000U);
}

class ShapeDamageTest : public DamagedFrames {};

TEST_F(ShapeDamageTest, HeadersOfEveryKindKeepTheSumsExact) {
  for (const test::HeaderShape& shape : test::HeaderShapes()) {
    TakeCutAtEveryLength(shape.frame);
    TakeWithAnyByteChanged(shape.frame);
    ExpectExactSums(shape.name);
  }
  EXPECT_GT(taken_, 50'000U);
}

}  // namespace
}  // namespace ntm
