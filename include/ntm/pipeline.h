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
#include "ntm/flow_key_maker.h"
#include "ntm/flow_label.h"
#include "ntm/flow_table.h"
#include "ntm/host_names.h"
#include "ntm/local_networks.h"
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
    // `interface` as FlowExtras has it.
    Line(Pipeline* pipeline, uint16_t interface)
        : pipeline_(pipeline), interface_(interface) {}
    void OnFrame(const Frame& frame) noexcept override;

    const LineCounts& counts() const noexcept { return counts_; }
    // 0: unknown, nothing is a superpacket.
    void set_mtu_bytes(uint32_t mtu_bytes) noexcept { mtu_bytes_ = mtu_bytes; }

   private:
    void CountFlow(const Frame& frame, const Packet& packet) noexcept;
    void CountSuperpacket(const Frame& frame, const Packet& packet) noexcept;

    Pipeline* pipeline_;
    uint16_t interface_;
    LineCounts counts_;
    uint32_t mtu_bytes_ = 0;
  };

  Pipeline(size_t max_series, uint64_t hash_seed,
           std::shared_ptr<const Services> services,
           const FlowLabelOptions& labels = {});

  BatchLock& lock() noexcept { return lock_; }

  // Ends flows last seen before `before_ns`, in short holds of lock(): all of
  // them, or the next 65,536 places' of a larger table. Once per tick; not on
  // the capture thread, and lock() must not be held.
  void EvictIdle(int64_t before_ns);

  // What is local from now on. lock() must not be held.
  void SetLocalNetworks(std::shared_ptr<const LocalNetworks> networks);

  // From now on these names stand for their addresses, and what was counted
  // under an address that has one now is ended. Not on the capture thread, and
  // lock() must not be held.
  void SetNames(std::shared_ptr<const HostNames> names);

  // Copies flows and decode counters. REQUIRES: lock() held.
  void CopyTo(Snapshot* snapshot);

 private:
  BatchLock lock_;
  uint64_t hash_seed_;
  std::shared_ptr<const Services> services_;
  FlowKeyMaker keys_;
  Classifier classifier_;
  FlowTable flows_;
  std::array<uint64_t, kDecodeStatusCount> decode_errors_{};
  std::array<uint64_t, kAnomalyCount> decode_anomalies_{};
};

}  // namespace ntm
