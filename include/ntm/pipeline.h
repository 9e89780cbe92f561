// The packet line: frame → decode → classify → account.
//
// Units    bytes; ns since the epoch.
// Shape    one Line per interface (its counters, its MTU), one flow table for
//          all of them.
// Threads  one capture thread feeds the lines, in batches under lock(); any
//          thread copies under the same lock. Per packet: no lock, no
//          allocation, no system call, no log.
// Errors   none after construction.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>

#include "ntm/batch_lock.h"
#include "ntm/capture.h"
#include "ntm/classify.h"
#include "ntm/flow_table.h"
#include "ntm/packet.h"
#include "ntm/snapshot.h"

namespace ntm {

class Pipeline {
 public:
  // What one interface has brought, since start.
  struct LineCounts {
    uint64_t packets = 0;
    uint64_t bytes = 0;
    uint64_t wire_bytes = 0;
    uint64_t superpackets = 0;
    uint64_t superpacket_segments = 0;  // wire packets these stand for
    // Headers that the wire carried for the segments merged in superpackets.
    uint64_t merged_header_bytes = 0;
    int64_t last_frame_ns = 0;
  };

  class Line final : public FrameSink {
   public:
    explicit Line(Pipeline* pipeline) : pipeline_(pipeline) {}
    void OnFrame(const Frame& frame) noexcept override;

    const LineCounts& counts() const noexcept { return counts_; }
    // 0: unknown, nothing is a superpacket.
    void set_mtu_bytes(uint32_t mtu_bytes) noexcept { mtu_bytes_ = mtu_bytes; }

   private:
    void CountSuperpacket(const Frame& frame, const Packet& packet) noexcept;

    Pipeline* pipeline_;
    LineCounts counts_;
    uint32_t mtu_bytes_ = 0;
  };

  Pipeline(size_t max_series, uint64_t hash_seed,
           std::shared_ptr<const Services> services);

  BatchLock& lock() noexcept { return lock_; }

  // Ends flows last seen before `before_ns`, in short holds of lock(): all of
  // them, or the next 65,536 places' of a larger table. Once per tick; not on
  // the capture thread, and lock() must not be held.
  void EvictIdle(int64_t before_ns);

  // Copies flows and decode counters. REQUIRES: lock() held.
  void CopyTo(Snapshot* snapshot);

 private:
  BatchLock lock_;
  std::shared_ptr<const Services> services_;
  Classifier classifier_;
  FlowTable flows_;
  std::array<uint64_t, kDecodeStatusCount> decode_errors_{};
  std::array<uint64_t, kAnomalyCount> decode_anomalies_{};
};

}  // namespace ntm
