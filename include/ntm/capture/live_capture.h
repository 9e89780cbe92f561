// Captures from interfaces while ntm runs, also when they go away and return.
//
// An interface that goes down, is renamed or deleted keeps its counters, is
// reported as down, and is opened again when it is back.
//
// Shape    LiveInterface counts one interface, InterfaceWatch opens and closes
//          it, CaptureThreads read all of them; this class connects these.
// Units    bytes, packets, ns since the epoch.
// Threads  the constructor, Start(), CheckLinks() and Stop() on the main
//          thread; AddTo() and AddStatisticsTo() on any. One capture thread
//          of its own for each lane of the pipeline; all of them capture on
//          every interface, and share its frames (Capture::OpenShared).
// Errors   the constructor throws ntm::Error if an interface cannot be opened
// or
//          shared (with wait_for_interface: except if it is down or does not
//          exist yet). Later errors are logged, and it is tried again.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "ntm/capture/capture.h"
#include "ntm/capture/pipeline.h"
#include "ntm/flow/snapshot.h"
#include "ntm/net/link.h"
#include "ntm/net/overlap.h"

namespace ntm {

struct LiveCaptureOptions {
  std::vector<std::string> interfaces;
  CaptureSettings settings;
  bool wait_for_interface = false;
  // Stop capturing after so many; 0: never. REQUIRES: 0, or a single lane, as
  // several could not stop at the same packet.
  uint64_t max_packets = 0;
};

class CaptureThreads;
class InterfaceWatch;
class LiveInterface;

class LiveCapture {
 public:
  LiveCapture(LiveCaptureOptions options, Pipeline* pipeline);
  ~LiveCapture();
  LiveCapture(const LiveCapture&) = delete;
  LiveCapture& operator=(const LiveCapture&) = delete;

  void Start();
  void Stop();

  // Checks the state of every interface; once per tick. `now`: steady clock.
  void CheckLinks(std::chrono::nanoseconds now);

  // Adds every interface's counters. REQUIRES: the pipeline's lock held.
  void AddTo(Snapshot* snapshot) const;
  // Adds the kernel's statistics. Call it after AddTo(), so that no frame is
  // counted but not yet received. The pipeline's lock must not be held.
  void AddStatisticsTo(Snapshot* snapshot) const;

  // Returns true iff max_packets have been counted.
  bool finished() const noexcept;

 private:
  void CheckOverlaps();

  // Constant after construction.
  LiveCaptureOptions options_;
  Pipeline* pipeline_;

  Links links_;                                             // main thread only
  std::vector<std::unique_ptr<LiveInterface>> interfaces_;  // has own locks
  std::vector<std::unique_ptr<InterfaceWatch>> watches_;    // main thread only
  std::vector<Overlap> overlaps_;  // under the pipeline's lock
  std::unique_ptr<CaptureThreads> threads_;
};

}  // namespace ntm
