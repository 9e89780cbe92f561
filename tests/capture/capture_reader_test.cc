// Batches of several captures, which of them failed, and who ends a wait.
#include "ntm/capture/capture_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <pcap/dlt.h>
#include <unistd.h>

#include <filesystem>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "capture_file.h"
#include "packet_builder.h"

namespace ntm {
namespace {

using std::chrono::milliseconds;
using test::Eth;

constexpr int kMostFrames = 4;

class CountingSink final : public FrameSink {
 public:
  void OnFrame(const Frame&) noexcept override { ++frames; }
  uint64_t frames = 0;
};

// Capture files, read as interfaces are: at most kMostFrames at once.
class ReadFiles final : public CaptureSet {
 public:
  // Of so many frames; the last one may be cut.
  void Add(size_t frames, bool is_cut = false) {
    const std::string path =
        testing::TempDir() + "reader" + std::to_string(getpid()) + ".pcap";
    test::WritePcap(
        path,
        std::vector(frames,
                    Eth().Ipv4("10.0.0.1", "10.0.0.2").Udp(1, 2).Build()),
        DLT_EN10MB);
    if (is_cut) {
      std::filesystem::resize_file(path, std::filesystem::file_size(path) - 1);
    }
    files_.push_back(std::make_unique<File>());
    files_.back()->capture =
        Capture::OpenFile(InputFile(path), CaptureSettings());
    std::filesystem::remove(path);
  }

  void ForEach(const Use& use) override {
    for (const auto& file : files_) {
      if (!file->failure.empty()) continue;
      file->failure = use(file->capture.get(), &file->sink, kMostFrames);
    }
  }

  uint64_t FramesOf(size_t file) const { return files_[file]->sink.frames; }
  std::string FailureOf(size_t file) const { return files_[file]->failure; }

 private:
  struct File {
    std::unique_ptr<Capture> capture;
    CountingSink sink;
    std::string failure;
  };
  std::vector<std::unique_ptr<File>> files_;
};

TEST(CaptureReaderTest, ReadsOneBatchOfEachCapture) {
  ReadFiles files;
  files.Add(7);
  files.Add(3);
  CaptureReader reader(&files);
  CaptureReader::Batch batch = reader.Read();
  EXPECT_EQ(batch.frames, 7U);
  EXPECT_TRUE(batch.has_more);
  EXPECT_EQ(files.FramesOf(0), 4U);
  EXPECT_EQ(files.FramesOf(1), 3U);
  batch = reader.Read();
  EXPECT_EQ(batch.frames, 3U);
  EXPECT_FALSE(batch.has_more);
  EXPECT_EQ(files.FramesOf(0), 7U);
  EXPECT_EQ(reader.Read().frames, 0U);
}

TEST(CaptureReaderTest, TellsWhyACaptureFailedAndReadsTheOthers) {
  ReadFiles files;
  files.Add(2, true);
  files.Add(6);
  CaptureReader reader(&files);
  while (reader.Read().has_more) {
  }
  reader.Read();
  EXPECT_THAT(files.FailureOf(0), testing::HasSubstr("truncated"));
  EXPECT_EQ(files.FramesOf(0), 1U);
  EXPECT_EQ(files.FailureOf(1), "");
  EXPECT_EQ(files.FramesOf(1), 6U);
}

TEST(CaptureReaderTest, EndsAWaitThatItIsWokenFrom) {
  ReadFiles files;
  CaptureReader reader(&files);
  std::thread other([&reader] { reader.Wake(); });
  reader.Wait();
  other.join();
  // That one is taken back.
  EXPECT_FALSE(reader.Rest(milliseconds(0)));
}

TEST(CaptureReaderTest, LeavesTheNextWaitAWakeThatARestSaw) {
  ReadFiles files;
  CaptureReader reader(&files);
  reader.Wake();
  EXPECT_TRUE(reader.Rest(std::chrono::hours(1)));
  reader.Wait();
  EXPECT_FALSE(reader.Rest(milliseconds(0)));
}

}  // namespace
}  // namespace ntm
