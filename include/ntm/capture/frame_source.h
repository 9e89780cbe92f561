// Who has frames, and who takes them.
//
// Shape    a frame's bytes are valid during OnFrame() only.
// Threads  one thread at a time; descriptor() may be polled by another.
#pragma once

#include <cstdint>
#include <string>

#include "ntm/decode/packet.h"

namespace ntm {

class FrameSink {
 public:
  virtual void OnFrame(const Frame& frame) noexcept = 0;

 protected:
  ~FrameSink() = default;
};

// What a CaptureReader waits for and reads.
class FrameSource {
 public:
  enum class Result { kMore, kFailed };

  virtual ~FrameSource() = default;

  // Hands over what is there, at most `max_frames` (before the second look of
  // the filter), without waiting. kFailed: error() tells why; what came before
  // has been handed over.
  virtual Result Dispatch(int max_frames, FrameSink* sink) noexcept = 0;
  virtual std::string error() const = 0;
  // Can be read when there are frames.
  virtual int descriptor() const noexcept = 0;
  // How many frames Dispatch() has read, whatever became of them.
  virtual uint64_t read_frames() const noexcept = 0;
};

}  // namespace ntm
