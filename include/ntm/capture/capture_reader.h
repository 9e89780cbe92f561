// Reads several captures on one thread: waits for frames, passes them on in
// batches, and reports which capture failed.
//
// LiveCapture, Tap and the doctor call Wait() and Read() in a loop, and
// Rest() to get fewer, larger batches.
//
// Threads  Wake() on any, the rest on the thread that reads.
// Errors   the constructor throws ntm::Error if no descriptor is free. The
// error
//          of a capture is the result of CaptureSet::Use.
// Source   poll(2).
#pragma once

#include <poll.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "ntm/base/wake_event.h"
#include "ntm/capture/frame_source.h"

namespace ntm {

// The captures that a CaptureReader reads. They may change between two calls.
class CaptureSet {
 public:
  // Reads at most `max_frames` of a capture into `sink`, or only polls it.
  // Returns the error of the capture, or "".
  using Use = std::function<std::string(FrameSource* capture, FrameSink* sink,
                                        int max_frames)>;

  // Calls `use` with each capture that can be read, under the lock of these
  // captures, if there is one. A capture that failed must not be passed again.
  virtual void ForEach(const Use& use) = 0;

 protected:
  ~CaptureSet() = default;
};

class CaptureReader {
 public:
  struct Batch {
    uint64_t frames = 0;
    bool has_more = false;  // a capture had as many frames as it was asked for
  };

  // `captures` must outlive it.
  explicit CaptureReader(CaptureSet* captures) : captures_(captures) {}

  // Waits until a capture has frames, Wake() is called or `longest` has passed.
  // If poll() fails, all captures fail.
  void Wait();
  void Wait(std::chrono::milliseconds longest);

  // One batch from each capture.
  Batch Read();

  // Waits only for Wake(), while frames collect in the ring. Returns true iff
  // it was called.
  bool Rest(std::chrono::milliseconds time) const;

  // Ends the current or the next Wait() or Rest().
  void Wake() const noexcept { wake_.Wake(); }

 private:
  void WaitMs(int timeout_ms);

  CaptureSet* captures_;
  WakeEvent wake_;
  std::vector<pollfd> waited_for_;  // the wake event first
};

}  // namespace ntm
