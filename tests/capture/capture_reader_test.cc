// Batches of several captures, which of them failed, and who ends a wait.
#include "ntm/capture/capture_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace ntm {
namespace {

using std::chrono::milliseconds;

constexpr int kMostFrames = 4;

class CountingSink final : public FrameSink {
 public:
  void OnFrame(const Frame&) noexcept override { ++frames; }
  uint64_t frames = 0;
};

// Has so many frames, and may fail after the last.
class FewFrames final : public FrameSource {
 public:
  FewFrames(int frames, bool fails) : rest_(frames), fails_(fails) {}

  Result Dispatch(int max_frames, FrameSink* sink) noexcept override {
    const int count = std::min(max_frames, rest_);
    for (int i = 0; i < count; ++i) sink->OnFrame(Frame());
    rest_ -= count;
    read_ += static_cast<uint64_t>(count);
    return count == 0 && fails_ ? Result::kFailed : Result::kMore;
  }
  std::string error() const override { return "the interface went away"; }
  int descriptor() const noexcept override { return -1; }
  uint64_t read_frames() const noexcept override { return read_; }

 private:
  int rest_;
  bool fails_;
  uint64_t read_ = 0;
};

class Sources final : public CaptureSet {
 public:
  void Add(int frames, bool fails = false) {
    sources_.push_back(std::make_unique<Source>(frames, fails));
  }

  void ForEach(const Use& use) override {
    for (const auto& source : sources_) {
      if (!source->failure.empty()) continue;
      source->failure = use(&source->frames, &source->sink, kMostFrames);
    }
  }

  uint64_t FramesOf(size_t at) const { return sources_[at]->sink.frames; }
  std::string FailureOf(size_t at) const { return sources_[at]->failure; }

 private:
  struct Source {
    Source(int count, bool fails) : frames(count, fails) {}
    FewFrames frames;
    CountingSink sink;
    std::string failure;
  };
  std::vector<std::unique_ptr<Source>> sources_;
};

TEST(CaptureReaderTest, ReadsOneBatchOfEachCapture) {
  Sources sources;
  sources.Add(7);
  sources.Add(3);
  CaptureReader reader(&sources);
  CaptureReader::Batch batch = reader.Read();
  EXPECT_EQ(batch.frames, 7U);
  EXPECT_TRUE(batch.has_more);
  EXPECT_EQ(sources.FramesOf(0), 4U);
  EXPECT_EQ(sources.FramesOf(1), 3U);
  batch = reader.Read();
  EXPECT_EQ(batch.frames, 3U);
  EXPECT_FALSE(batch.has_more);
  EXPECT_EQ(sources.FramesOf(0), 7U);
  EXPECT_EQ(reader.Read().frames, 0U);
}

TEST(CaptureReaderTest, TellsWhyACaptureFailedAndReadsTheOthers) {
  Sources sources;
  sources.Add(2, true);
  sources.Add(6);
  CaptureReader reader(&sources);
  while (reader.Read().has_more) {
  }
  reader.Read();
  EXPECT_THAT(sources.FailureOf(0), testing::HasSubstr("went away"));
  EXPECT_EQ(sources.FramesOf(0), 2U);
  EXPECT_EQ(sources.FailureOf(1), "");
  EXPECT_EQ(sources.FramesOf(1), 6U);
}

TEST(CaptureReaderTest, EndsAWaitThatItIsWokenFrom) {
  Sources sources;
  CaptureReader reader(&sources);
  std::thread other([&reader] { reader.Wake(); });
  reader.Wait();
  other.join();
  // That one is taken back.
  EXPECT_FALSE(reader.Rest(milliseconds(0)));
}

TEST(CaptureReaderTest, LeavesTheNextWaitAWakeThatARestSaw) {
  Sources sources;
  CaptureReader reader(&sources);
  reader.Wake();
  EXPECT_TRUE(reader.Rest(std::chrono::hours(1)));
  reader.Wait();
  EXPECT_FALSE(reader.Rest(milliseconds(0)));
}

}  // namespace
}  // namespace ntm
