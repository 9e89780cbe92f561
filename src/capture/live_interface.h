// An interface that ntm captures from: each lane's capture of it, and what all
// of them have counted, however often it was opened.
//
// Units    bytes, packets.
// Threads  see the groups of its functions. "The lock" is the pipeline's.
// Errors   none.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "ntm/capture/capture.h"
#include "ntm/capture/pipeline.h"
#include "ntm/flow/snapshot.h"
#include "ntm/net/link.h"

namespace ntm {

class LiveInterface {
 public:
  // What one lane has of it; on cache lines of its own. `input` and `failure`
  // under that lane's lock by its thread, under the lock by all others;
  // `capture` is changed under the lock and statistics_mutex_, and read under
  // either; `seen` under statistics_mutex_.
  struct alignas(64) Share {
    Share(Pipeline* pipeline, uint16_t number, size_t lane)
        : input(pipeline, number, lane) {}

    bool CanRead() const { return capture && failure.empty(); }

    Pipeline::Input input;
    std::unique_ptr<Capture> capture;  // null: closed, to be opened again
    std::string failure;               // the main thread closes it then
    CaptureStatistics seen;            // libpcap's, wraps at 32 bits
  };

  // `number` as FlowExtras has it.
  LiveInterface(std::string name, uint16_t number, Pipeline* pipeline);

  // Constant.
  const std::string& name() const noexcept { return name_; }
  size_t lane_count() const noexcept { return shares_.size(); }

  // The lane's own thread.
  Share& share(size_t lane) { return shares_[lane]; }
  uint64_t PacketsOf(size_t lane) const {
    return shares_[lane].input.counts().packets;
  }

  // The main thread; the lock must not be held.
  bool is_open() const { return shares_.front().capture != nullptr; }
  bool is_up() const noexcept { return is_up_; }
  // For the log: how the filter was taken. REQUIRES: is_open().
  const std::string& FilterDescription() const;
  // Takes a capture for each lane; `link` is the interface, unless it is `any`.
  // Returns WireBytes() of the captures before these.
  uint64_t Open(std::vector<std::unique_ptr<Capture>> captures,
                const std::optional<LinkState>& link);
  void Close();
  void SetUp();
  // `reason` says why, without a name or an address.
  void SetDown(const std::string& reason);
  // Why a lane cannot read its capture; "" if each can.
  std::string Failure() const;
  bool HasSuperpackets() const;
  // Superpackets are what is longer. Returns WireBytes().
  uint64_t SetMtu(const LinkState& link);
  void SetReconciledRatio(std::optional<double> ratio);
  // Nothing more is captured: counts what is pending.
  void Finish();

  // Any thread. REQUIRES: the lock held.
  CaptureCounters Counters() const;
  // Any thread; the lock must not be held. Asks the kernel.
  void AddStatisticsTo(CaptureCounters* counters);

 private:
  Pipeline::InputCounts Counts() const;
  uint64_t FilteredPackets() const;
  // Frames on the wire, as `link` counts them: a virtual one counts a merged
  // segment as the one frame that it is.
  uint64_t WireBytes(const LinkState& link) const;
  void SetMtuBytes(uint32_t mtu_bytes);
  // REQUIRES: statistics_mutex_ held.
  void ReadStatistics();
  // Leaves all shares closed. REQUIRES: both locks held.
  std::vector<std::unique_ptr<Capture>> TakeCaptures();

  const std::string name_;
  Pipeline* const pipeline_;

  // Under the lock; the main thread alone changes what follows `shares_`.
  std::vector<Share> shares_;  // one per lane, open or closed all together
  bool is_up_ = false;
  std::string down_reason_ = "not opened yet";
  std::optional<double> reconciled_ratio_;
  uint64_t filtered_before_packets_ = 0;  // by captures that are closed

  // Taken before the lock, never under it: what takes the kernel time, its
  // statistics and closing, holds up no lane.
  std::mutex statistics_mutex_;
  // 64 bits, over all openings.
  uint64_t received_packets_ = 0;
  uint64_t dropped_by_kernel_packets_ = 0;
  uint64_t dropped_by_interface_packets_ = 0;
};

}  // namespace ntm
