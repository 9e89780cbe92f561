// The packet path: frame → decode → classify → account.
//
// Units    bytes; ns since the epoch.
// Shape    one or several lanes, one for each capture thread: a lane has its
//          own classifier, flow table and decode counters. One Input per
//          interface and lane (its counters, its MTU). A key may have a flow in
//          several lanes; their sum is its series, and that ends when the last
//          of them does. Which ports' numbers are names is decided for all
//          lanes together: see port_names.h.
// Threads  each lane's inputs are fed by one capture thread, in batches under
//          LockBatch() of that lane; any other thread takes lock(), which is
//          all lanes' locks. Per packet: no lock, no allocation, no system
//          call, no log, and nothing that another lane writes.
// Errors   the constructor throws ntm::Error where a lane's share of the series
//          is below FlowTable::kMinCapacity; none later.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "ntm/capture/batch_lock.h"
#include "ntm/capture/capture.h"
#include "ntm/conversation/conversation_watch.h"
#include "ntm/decode/packet.h"
#include "ntm/flow/class_counts.h"
#include "ntm/flow/classify.h"
#include "ntm/flow/flow_key_maker.h"
#include "ntm/flow/flow_label.h"
#include "ntm/flow/flow_table.h"
#include "ntm/flow/packet_log.h"
#include "ntm/flow/port_names.h"
#include "ntm/flow/server_classes.h"
#include "ntm/flow/snapshot.h"
#include "ntm/net/anonymizer.h"
#include "ntm/net/host_names.h"
#include "ntm/net/local_networks.h"

namespace ntm {

class Pipeline {
  struct Lane;

 public:
  // Frames longer than the MTU: several wire packets each.
  struct Superpackets {
    uint64_t frames = 0;
    uint64_t segments = 0;  // wire packets these stand for
    // Headers that the wire carried for the segments merged in them.
    uint64_t merged_header_bytes = 0;

    Superpackets& operator+=(const Superpackets& other) noexcept;
  };

  // The counters of one interface, since the start.
  struct InputCounts {
    uint64_t packets = 0;
    uint64_t bytes = 0;
    uint64_t wire_bytes = 0;
    Superpackets superpackets;
    int64_t last_frame_ns = 0;
    ClassCounts classes;

    InputCounts& operator+=(const InputCounts& other) noexcept;
  };

  class Input final : public FrameSink {
   public:
    // `interface` as FlowExtras has it. REQUIRES: lane < lane_count().
    Input(Pipeline* pipeline, uint16_t interface, size_t lane = 0)
        : lane_(pipeline->lanes_[lane].get()), interface_(interface) {}
    void OnFrame(const Frame& frame) noexcept override;

    // Without the superpackets since SetMtuBytes().
    const InputCounts& counts() const noexcept { return counts_; }
    // 0: unknown, nothing is a superpacket. What has been longer than the last
    // MTU counts as superpackets now, unless this one is larger: then it may
    // have been set at any time since.
    void SetMtuBytes(uint32_t mtu_bytes) noexcept;

   private:
    void CountFlow(const Frame& frame, const Packet& packet,
                   Classes classes) noexcept;
    void CountSuperpacket(const Frame& frame, const Packet& packet) noexcept;

    Lane* lane_;
    uint16_t interface_;
    InputCounts counts_;
    uint32_t mtu_bytes_ = 0;
    Superpackets pending_;  // since SetMtuBytes()
  };

  // All lanes, in their order: for std::scoped_lock.
  class AllLanes {
   public:
    explicit AllLanes(Pipeline* pipeline) : pipeline_(pipeline) {}
    void lock();
    void unlock();

   private:
    Pipeline* pipeline_;
  };

  // The lanes share `max_series` and `conversations` evenly; 0 conversations:
  // their health is not watched. Without `traffic_classes` these are the usual
  // ones.
  Pipeline(size_t max_series, uint64_t hash_seed,
           std::shared_ptr<const Services> services,
           const FlowLabelOptions& labels = {}, size_t lanes = 1,
           std::shared_ptr<const TrafficClasses> traffic_classes = nullptr,
           size_t conversations = 0);
  ~Pipeline();
  Pipeline(const Pipeline&) = delete;
  Pipeline& operator=(const Pipeline&) = delete;

  size_t lane_count() const noexcept { return lanes_.size(); }
  // Locks a lane for its capture thread.
  std::unique_lock<std::mutex> LockBatch(size_t lane = 0);
  AllLanes& lock() noexcept { return lock_; }

  // Ends flows last seen before `before_ns`, in short holds of lock(): all of
  // them, or those in the next 65,536 slots of a larger table. Once per tick;
  // not on a capture thread, and lock() must not be held.
  void EvictIdle(int64_t before_ns);

  // Ends attempts to connect, and questions, that were not answered in time.
  // Once per tick; not on a capture thread, and lock() must not be held.
  void AgeConversations(int64_t now_ns);

  // Sets the local networks. lock() must not be held.
  void SetLocalNetworks(std::shared_ptr<const LocalNetworks> networks);

  // Replaces addresses by these names from now on, and ends flows whose address
  // now has a name. Not on the capture thread; lock() must not be held.
  void SetNames(std::shared_ptr<const HostNames> names);

  // Packets of these servers count in the classes of the servers' names from
  // now on; null: none do. The old table is freed here. Always by the same
  // thread, not a capture thread; lock() must not be held.
  void SetServerClasses(std::shared_ptr<const ServerClasses> servers);

  // Never null.
  const std::shared_ptr<const TrafficClasses>& traffic_classes()
      const noexcept {
    return traffic_classes_;
  }

  // Passes each frame to the log from now on, and starts the log. Call it
  // before the first frame; null for no log.
  void LogTo(std::shared_ptr<PacketLog> log,
             std::shared_ptr<const Anonymizer> anonymizer);
  // Waits, if there is a log, until it has room for so many packets of the
  // lane. For reading a file; the lane's lock must not be held.
  void WaitForLog(size_t packets, size_t lane = 0);

  // Allocates memory for a copy, so that CopyTo() neither allocates nor has
  // page faults under the lock. lock() must not be held.
  void MakeRoom(Snapshot* snapshot);

  // Copies flows, decode counters and health. REQUIRES: lock() held. With
  // several lanes, Merge() the copy once the lock is free.
  void CopyTo(Snapshot* snapshot);

  // Adds up the flows that several lanes have for one key.
  void Merge(Snapshot* snapshot) const;

 private:
  // If another lane has a flow with the key of a closed flow, that flow takes
  // over its counters; else the series has ended. REQUIRES: lock() held.
  void SettleClosed();
  Flow* Find(const ClosedFlow& closed) noexcept;

  // Constant after construction; the lanes under their own locks.
  std::shared_ptr<const Services> services_;
  std::shared_ptr<const TrafficClasses> traffic_classes_;
  uint64_t hash_seed_;
  FlowKeyMaker keys_;     // changed under lock(), used under any lane's
  PortNames port_names_;  // of all lanes' flows
  std::vector<std::unique_ptr<Lane>> lanes_;
  std::shared_ptr<PacketLog> log_;
  std::shared_ptr<const ServerClasses> servers_;  // of SetServerClasses()
  AllLanes lock_{this};

  // Under lock().
  EvictedSums ended_;  // with several lanes; else the table's own
  std::vector<Flow> ending_;
  std::vector<FlowExtras> ending_extras_;
};

}  // namespace ntm
