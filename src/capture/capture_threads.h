// The capture threads of a LiveCapture: one for each lane of the pipeline, each
// reads that lane's share of every interface.
//
// Threads  the constructor, Start() and Stop() on the main thread, the others
//          on any.
// Errors   the constructor throws ntm::Error where no descriptor can be had. A
//          capture that fails says so in its share of the interface.
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

  // There are interfaces to wait for that were not there before.
  void Wake() const noexcept;

  // Returns true iff max_packets have been counted.
  bool finished() const noexcept { return finished_.load(); }

 private:
  class Lane;

  std::vector<std::unique_ptr<Lane>> lanes_;
  std::atomic<bool> finished_ = false;
};

}  // namespace ntm
