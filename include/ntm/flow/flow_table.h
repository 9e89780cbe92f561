// Adds packets to counters, one flow for each key: see flow_key.h.
//
// Units    bytes are Packet::bytes; times are ns since the epoch.
// Shape    a fixed array of slots, each with a flow or free, allocated at
//          construction and found through an open-addressed index. At most
//          capacity() flows exist. An eighth of the slots is the overflow
//          region, for flows of "other"; the rest is the regular region. A key
//          that gets no regular slot counts into its OverflowKey(), {other,
//          other, its protocol, its service}; when these slots run out too,
//          into one LastResortKey(), {other, other, other, ""}. So the sums
//          over all flows and evicted() are exact at every instant.
//          A packet waits in a short queue until its flow's cache lines are
//          loaded; what reads the table drains the queue first.
// Slots    a new key gets one at once while less than half of the capacity is
//          used. From then on it counts into "other" until kAdmittedAtPackets
//          of its packets are recent (see frequency_sketch.h), so a flood
//          of keys cannot fill the table. If no regular slot is free by then,
//          the key takes that of the least active of kSampledFlows random
//          flows, if that one has been silent for kMinSilenceNs; so a table
//          whose keys are all busy does not churn. What was counted is never
//          moved; a key that returns starts at 0.
// Names    of services that are a port's number, PortNames admits only so many
//          at a time. While half of them are to be had, a new one is taken at
//          once; from then on only when kAdmittedAtPackets of its packets are
//          recent, so a port scan cannot use them up. A key with a name that is
//          not to be had counts as the same key with kOtherService. A name is
//          free again when its last flow is evicted.
// Sharing  where a key may be in several tables, its series goes on when one of
//          them evicts its flow: after KeepClosed() evicted flows stay in
//          closed() until the owner has dealt with them. Memory for them is
//          reserved, an eighth of the capacity; while that is full nothing is
//          evicted.
// Threads  not synchronised; one writer (the capture thread). Copy with
//          AppendTo() and sweep with EvictIdle() under the same lock.
// Errors   Add() is noexcept and never allocates; the constructor throws
//          ntm::Error if capacity is below kMinCapacity.
// Source   hash: XXH3 64 bit (libxxhash), seeded per process so that nobody
//          outside can choose colliding keys. Which flows are sampled follows
//          from the seed too.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "ntm/flow/flow_key.h"
#include "ntm/flow/flow_label.h"
#include "ntm/flow/frequency_sketch.h"
#include "ntm/flow/port_names.h"
#include "ntm/flow/traffic_class.h"

namespace ntm {

// One cache line: a packet touches one of these and one index word.
struct alignas(64) Flow {
  FlowKey key;  // for its fields and ==; to hash it, take BareKey()
  uint64_t bytes = 0;
  uint64_t packets = 0;
  int64_t last_seen_ns = 0;

  // A slot without a flow has no packets, a flow always has.
  bool exists() const noexcept { return packets != 0; }

  // The class of the packet last counted; kNoClass where several keys are
  // summed up. It is kept in the key's spare bytes: beside them it would make a
  // flow longer than a cache line.
  ClassId traffic_class() const noexcept {
    return static_cast<ClassId>(key.rest >> FlowKey::kUsedBits);
  }
  void set_traffic_class(ClassId id) noexcept {
    const uint64_t spare = uint64_t{id} << FlowKey::kUsedBits;
    key.rest = (key.rest & FlowKey::kUsedMask) | spare;
  }
  FlowKey BareKey() const noexcept {
    return {key.src, key.dst, key.rest & FlowKey::kUsedMask};
  }
};
static_assert(sizeof(Flow) == 64);

// The whole key of flows[at]. `extras` is as long as `flows`, or empty.
inline FullKey KeyAt(const std::vector<Flow>& flows,
                     const std::vector<FlowExtras>& extras,
                     size_t at) noexcept {
  return {flows[at].BareKey(), extras.empty() ? FlowExtras() : extras[at]};
}

// The sums of all evicted flows.
struct EvictedSums {
  uint64_t series = 0;
  uint64_t bytes = 0;
  uint64_t packets = 0;
};

// A flow that one of several tables has evicted, and its key's hash in all of
// them.
struct ClosedFlow {
  Flow flow;
  FlowExtras extras;
  uint64_t hash;
};

class FlowTable {
 public:
  static constexpr size_t kMinCapacity = 16;
  static constexpr uint32_t kAdmittedAtPackets = 8;
  static constexpr size_t kSampledFlows = 5;
  static constexpr int64_t kMinSilenceNs = 10'000'000'000;

  // `names` must outlive this object; null: port numbers are not bounded.
  FlowTable(size_t capacity, uint64_t hash_seed,
            FlowLabels labels = kPlainLabels, PortNames* names = nullptr);

  // For kPlainLabels and fewer.
  void Add(const FlowKey& key, uint32_t bytes, int64_t time_ns,
           ClassId traffic_class = kNoClass) noexcept;
  void Add(const FullKey& full, uint32_t bytes, int64_t time_ns,
           ClassId traffic_class = kNoClass) noexcept;

  // Looks at the next `max_slots` slots, round and round, and evicts flows last
  // seen before `before_ns`.
  void EvictIdle(int64_t before_ns, size_t max_slots) noexcept;

  // Looks at the slots from `begin` to before `end` and evicts the flows of
  // keys that `ends` is true of. Slots are from 0 to capacity(). REQUIRES:
  // closed() has room for as many, if it is kept.
  template <typename Ends>
  void EvictKeys(size_t begin, size_t end, Ends ends) noexcept {
    Drain();
    for (size_t slot = begin; slot < std::min(end, capacity_); ++slot) {
      if (flows_[slot].exists() && ends(flows_[slot].key)) {
        Evict(static_cast<uint32_t>(slot));
      }
    }
  }

  // Appends the flows in the order of their slots: the order of insertion,
  // except for reused slots; flows of "other" last. `extras` is as long as
  // `flows`, or empty without extra labels.
  void AppendTo(std::vector<Flow>* flows, std::vector<FlowExtras>* extras);

  size_t capacity() const noexcept { return capacity_; }
  // How many flows AppendTo() appends, without pending packets.
  size_t count() const noexcept { return regular_.count() + overflow_.count(); }
  bool has_extras() const noexcept { return has_extras_; }

  // Since construction; up to date after AppendTo().
  const EvictedSums& evicted() const noexcept { return evicted_; }

  // From now on evicted flows go to closed() and not into evicted().
  void KeepClosed();
  std::vector<ClosedFlow>& closed() noexcept { return closed_; }
  // How many closed() holds at most; 0 without KeepClosed().
  size_t max_closed() const noexcept { return max_closed_; }

  // Counts the pending packets.
  void Drain() noexcept;
  // Null where the key has no flow. REQUIRES: the hash is from a table of the
  // same seed. Call Drain() before.
  Flow* Find(const FullKey& full, uint64_t hash) noexcept;

 private:
  struct IndexEntry {
    uint32_t fingerprint;  // high half of the key's hash
    uint32_t slot;         // kEmpty, or an index in flows_
  };
  static constexpr uint32_t kEmpty = 0xffffffff;

  struct Pending {
    FullKey full;  // extras: unspecified without extra labels
    uint64_t hash;
    int64_t time_ns;
    uint32_t bytes;
    ClassId traffic_class;
  };
  static constexpr size_t kMaxPending = 16;

  // A range of slots: regular or overflow.
  struct Region {
    size_t begin = 0;
    size_t end = 0;                // one past its last slot
    size_t used_end = 0;           // one past the last that ever had a flow
    std::vector<uint32_t> free{};  // slots before used_end without a flow

    size_t count() const noexcept { return used_end - begin - free.size(); }
    size_t size() const noexcept { return end - begin; }
  };

  // Throws ntm::Error if it is no possible capacity.
  static size_t Checked(size_t capacity);
  uint64_t Hash(const FullKey& full) const noexcept;
  bool Matches(uint32_t slot, const FullKey& full) const noexcept;
  // REQUIRES: the key in it is bare.
  void Enqueue(Pending* pending, uint32_t bytes, int64_t time_ns,
               ClassId traffic_class) noexcept;
  // The flow that a packet of an unknown key counts into.
  Flow* Admit(const Pending& pending) noexcept;
  // Returns false if the key's service is a number that cannot be held.
  bool HoldName(ServiceId service) noexcept;
  Flow* AdmitKey(const Pending& pending) noexcept;
  Flow* AdmitAsOther(Pending pending) noexcept;
  Flow* OverflowOf(const FullKey& full) noexcept;
  // REQUIRES: the key has no flow, and the region has a free slot.
  Flow* Insert(const FullKey& full, uint64_t hash, Region* region) noexcept;
  bool EvictOneSilent(int64_t now_ns) noexcept;
  bool MayEvict() const noexcept {
    return max_closed_ == 0 || closed_.size() < max_closed_;
  }
  // REQUIRES: MayEvict().
  void Evict(uint32_t slot) noexcept;
  // Returns the key's hash.
  uint64_t Unindex(uint32_t slot) noexcept;
  uint32_t RandomRegularSlot() noexcept;
  void CopyRegion(const Region& region, std::vector<Flow>* flows,
                  std::vector<FlowExtras>* extras) const;

  // Constant after construction.
  size_t capacity_;
  uint64_t hash_seed_;
  FlowLabels labels_;
  bool has_extras_;
  size_t index_mask_;
  PortNames* names_;

  // Under the owner's lock.
  std::vector<Flow> flows_;
  std::vector<FlowExtras> extras_;  // by the same slot; empty: none is chosen
  std::vector<IndexEntry> index_;
  Region regular_;   // for keys of their own
  Region overflow_;  // for OverflowKey(), the last slot for LastResortKey()
  size_t sweep_at_ = 0;
  FrequencySketch sketch_;
  uint64_t random_state_;
  EvictedSums evicted_;
  std::vector<ClosedFlow> closed_;
  size_t max_closed_ = 0;
  std::array<Pending, kMaxPending> pending_;
  size_t pending_count_ = 0;
};

}  // namespace ntm
