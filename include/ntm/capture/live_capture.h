// Captures from interfaces for as long as ntm runs, whatever becomes of them.
//
// An interface that goes down, is renamed or deleted keeps its counters, is
// told as down, and is opened again, with back-off, when it is back. Whether it
// is there is asked of the kernel (rtnetlink): libpcap polls in silence.
//
// Units    bytes, packets, ns since the epoch.
// Threads  the constructor, Start(), CheckLinks() and Stop() on the main
//          thread; AddTo() and AddStatisticsTo() on any. One capture thread
//          of its own for each lane of the pipeline; all of them capture on
//          every interface, and share its frames (Capture::OpenShared).
// Errors   the constructor throws ntm::Error where an interface cannot be
//          captured from, or not be shared (with wait_for_interface: not for
//          one that is down or not there yet). Later faults are logged and
//          retried.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
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

class LiveCapture {
 public:
  LiveCapture(LiveCaptureOptions options, Pipeline* pipeline);
  ~LiveCapture();
  LiveCapture(const LiveCapture&) = delete;
  LiveCapture& operator=(const LiveCapture&) = delete;

  void Start();
  void Stop();

  // Looks after every interface; once per tick. `now` is a steady clock's.
  void CheckLinks(std::chrono::nanoseconds now);

  // Adds every interface's counters. REQUIRES: the pipeline's lock held.
  void AddTo(Snapshot* snapshot) const;
  // Adds to them what the kernel says: after AddTo(), so that no frame is
  // counted that was not received. The pipeline's lock must not be held.
  void AddStatisticsTo(Snapshot* snapshot) const;

  // Returns true iff max_packets have been counted.
  bool finished() const noexcept { return finished_.load(); }

  // Opens the interface anew after so long at most.
  static constexpr std::chrono::seconds kMaxBackoff{4};

 private:
  struct Member;
  struct Interface;
  struct Thread;
  struct Brought {
    uint64_t packets = 0;
    bool has_more = false;  // at once
  };

  void Run(size_t lane, const std::stop_token& stop);
  // One batch from every interface.
  Brought DispatchAll(size_t lane);
  // No frame arrives at this lane until its interfaces are opened anew.
  void Fail(size_t lane, const std::string& why);
  void Open(Interface* interface, const std::optional<LinkState>& link);
  void Close(Interface* interface);
  void WarnOfSuperpackets(Interface* interface);
  void CheckOverlaps();
  void Check(Interface* interface, std::chrono::nanoseconds now);
  void TryOpen(Interface* interface, std::chrono::nanoseconds now);
  void Reconcile(Interface* interface, const LinkState& link);
  void SetDown(Interface* interface, const std::string& reason, bool close);
  void Wake() const noexcept;

  // Constant after construction.
  LiveCaptureOptions options_;
  Pipeline* pipeline_;

  Links links_;                                         // main thread only
  std::vector<std::unique_ptr<Interface>> interfaces_;  // see its members
  std::vector<Overlap> overlaps_;  // under the pipeline's lock
  // Taken before the pipeline's lock, never under it: what takes the kernel
  // time, its statistics and closing, holds up no lane.
  mutable std::mutex statistics_mutex_;
  std::atomic<bool> finished_ = false;
  std::vector<std::unique_ptr<Thread>> threads_;  // one per lane
};

}  // namespace ntm
