#include "ntm/capture/capture_reader.h"

#include <cerrno>
#include <cstring>
#include <thread>

namespace ntm {
namespace {

// Time until the next poll() after one that failed.
constexpr std::chrono::milliseconds kAfterRefusal{100};
constexpr int kNoTimeout = -1;

}  // namespace

void CaptureReader::Wait() { WaitMs(kNoTimeout); }

void CaptureReader::Wait(std::chrono::milliseconds longest) {
  WaitMs(static_cast<int>(longest.count()));
}

void CaptureReader::WaitMs(int timeout_ms) {
  waited_for_.assign(1, pollfd{wake_.descriptor(), POLLIN, 0});
  captures_->ForEach([this](FrameSource* capture, FrameSink*, int) {
    waited_for_.push_back({capture->descriptor(), POLLIN, 0});
    return std::string();
  });
  if (poll(waited_for_.data(), waited_for_.size(), timeout_ms) < 0 &&
      errno != EINTR) {
    const std::string why =
        std::string("cannot wait for frames: ") + std::strerror(errno);
    captures_->ForEach([&why](FrameSource*, FrameSink*, int) { return why; });
    std::this_thread::sleep_for(kAfterRefusal);
  }
  if (waited_for_.front().revents != 0) wake_.Take();
}

CaptureReader::Batch CaptureReader::Read() {
  Batch batch;
  captures_->ForEach(
      [&batch](FrameSource* capture, FrameSink* sink, int max_frames) {
        const uint64_t before = capture->read_frames();
        const bool failed =
            capture->Dispatch(max_frames, sink) == FrameSource::Result::kFailed;
        const uint64_t frames = capture->read_frames() - before;
        batch.frames += frames;
        batch.has_more |= frames == static_cast<uint64_t>(max_frames);
        std::string why = failed ? capture->error() : "";
        if (failed && why.empty()) why = "capture failed";
        return why;
      });
  return batch;
}

bool CaptureReader::Rest(std::chrono::milliseconds time) const {
  pollfd wake{wake_.descriptor(), POLLIN, 0};
  return poll(&wake, 1, static_cast<int>(time.count())) > 0;
}

}  // namespace ntm
