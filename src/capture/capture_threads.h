// The capture threads of a LiveCapture: one for each lane of the pipeline, each
// reads that lane's share of every interface.
//
// Threads  the constructor, Start() and Stop() on the main thread, the others
//          on any.
// Errors   the constructor throws ntm::Error if no descriptor is free. The
// error
//          of a capture is in LiveInterface::Share::failure.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

#include "live_interface.h"
#include "ntm/capture/live_capture.h"
#include "ntm/capture/pipeline.h"

namespace ntm {

class CaptureThreads {
 public:
  using Interfaces = std::vector<std::unique_ptr<LiveInterface>>;

  // All must outlive it, or Stop(); `interfaces` may be filled until Start().
  CaptureThreads(const LiveCaptureOptions* options,
                 const Interfaces* interfaces, Pipeline* pipeline);
  ~CaptureThreads();
  CaptureThreads(const CaptureThreads&) = delete;
  CaptureThreads& operator=(const CaptureThreads&) = delete;

  void Start();
  void Stop();

  // Call this when an interface was opened, so that it is polled as well.
  void Wake() const noexcept;

  // Returns true iff max_packets have been counted.
  bool finished() const noexcept { return finished_.load(); }

 private:
  class Lane;

  std::vector<std::unique_ptr<Lane>> lanes_;
  std::atomic<bool> finished_ = false;
};

}  // namespace ntm
