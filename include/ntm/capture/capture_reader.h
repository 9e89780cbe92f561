// Reads several captures on one thread: waits until frames are there, hands
// them over in batches, and tells which capture failed.
//
// Who captures from interfaces (LiveCapture, DnsTap, the doctor) makes a loop
// of Wait() and Read(), with a Rest() where fewer, larger batches are wanted.
//
// Threads  Wake() on any, the rest on the thread that reads.
// Errors   the constructor throws ntm::Error where no descriptor can be had. A
//          capture's failure is told to its owner.
// Source   poll(2).
#pragma once

#include <poll.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "ntm/base/wake_event.h"
#include "ntm/capture/capture.h"

namespace ntm {

// The captures that a CaptureReader reads. They may come and go between two
// calls.
class CaptureSet {
 public:
  // What is done with a capture. It goes to `sink`, at most `max_frames` at
  // once. Returns why the capture failed, "" if it did not.
  using Use = std::function<std::string(Capture* capture, FrameSink* sink,
                                        int max_frames)>;

  // Calls `use` with each capture that can be read, one after the other, with
  // the lock held that guards them, if there is one. One that failed is not to
  // be read again.
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

  // Waits until a capture has frames, Wake() is called or the time is over;
  // without a time, as long as it takes. Where the kernel refuses to wait, all
  // captures fail.
  void Wait();
  void Wait(std::chrono::milliseconds longest);

  // One batch from each capture.
  Batch Read();

  // Waits for Wake() only, while frames gather. Returns true iff it was called.
  bool Rest(std::chrono::milliseconds time) const;

  // Ends a Wait() or a Rest(), or the next one.
  void Wake() const noexcept { wake_.Wake(); }

 private:
  void WaitMs(int timeout_ms);

  CaptureSet* captures_;
  WakeEvent wake_;
  std::vector<pollfd> waited_for_;  // the wake event first
};

}  // namespace ntm
