// Adds packets to counters keyed by src, dst, protocol and service.
//
// Units    bytes are Packet::bytes; times are ns since the epoch.
// Shape    a dense array of flows, sized at construction, found through an
//          open-addressed index. At most capacity() flows exist. A part of the
//          table is kept back for the flows of "other": a key that finds no
//          place counts into {other, other, its protocol, its service}, and
//          where these run out too, into one {other, other, other, ""}. So
//          the sums over all flows and evicted() are exact at every instant.
//          A packet waits in a short queue until its flow's cache lines have
//          arrived; what reads the table works the queue off first.
// Places   less than half full: every key has one at once. From there on a key
//          must prove itself: it counts into "other" until its kProofPackets-th
//          recent packet, so a flood of keys cannot fill the table. With no
//          place free, a proved key takes that of the least active of
//          kSampledFlows random ones, if that has been silent for
//          kMinSilenceNs: longer than a proof takes, so a table whose keys are
//          all busy does not churn. What was counted is never moved; a key
//          that returns starts at 0.
// Sharing  where a key may be in several tables, one of them ending it does not
//          end its series: after KeepClosed() what is evicted stays in closed()
//          until the owner has settled it. Room for it is reserved, an eighth
//          of the capacity; while that is full nothing is evicted.
// Threads  not synchronised; one writer (the capture thread). Copy with
//          CopyTo() and sweep with EvictIdle() under the same lock.
// Errors   Add() is noexcept and never allocates; the constructor throws
//          ntm::Error if capacity is below kMinCapacity.
// Source   hash: XXH3 64 bit (libxxhash), seeded per process so that nobody
//          outside can choose colliding keys. Which flows are sampled follows
//          from the seed too. Proof: see frequency_sketch.h.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "ntm/frequency_sketch.h"
#include "ntm/packet.h"
#include "ntm/services.h"

namespace ntm {

// Built and compared as whole words, without a branch or a call.
struct FlowKey {
  std::array<uint64_t, 2> src{};  // Address::bytes
  std::array<uint64_t, 2> dst{};
  uint64_t rest = 0;  // service, protocol and the addresses' kinds

  static FlowKey Of(const Address& src, const Address& dst, Protocol protocol,
                    ServiceId service) noexcept {
    using Words = std::array<uint64_t, 2>;
    return {std::bit_cast<Words>(src.bytes), std::bit_cast<Words>(dst.bytes),
            uint64_t{service} | uint64_t{protocol} << 16 |
                uint64_t{static_cast<uint8_t>(src.kind)} << 32 |
                uint64_t{static_cast<uint8_t>(dst.kind)} << 40};
  }

  ServiceId service() const noexcept { return static_cast<ServiceId>(rest); }
  Protocol protocol() const noexcept {
    return static_cast<Protocol>(rest >> 16);
  }
  Address Src() const noexcept { return AddressOf(src, rest >> 32); }
  Address Dst() const noexcept { return AddressOf(dst, rest >> 40); }
  bool IsOther() const noexcept { return Src().kind == AddressKind::kOther; }

  friend bool operator==(const FlowKey& a, const FlowKey& b) noexcept {
    return ((a.src[0] ^ b.src[0]) | (a.src[1] ^ b.src[1]) |
            (a.dst[0] ^ b.dst[0]) | (a.dst[1] ^ b.dst[1]) |
            (a.rest ^ b.rest)) == 0;
  }

 private:
  static Address AddressOf(const std::array<uint64_t, 2>& words,
                           uint64_t kind) noexcept {
    Address address;
    address.bytes = std::bit_cast<std::array<uint8_t, 16>>(words);
    address.kind = static_cast<AddressKind>(kind & 0xff);
    return address;
  }
};
static_assert(sizeof(FlowKey) == 40);

// One cache line: a packet touches one of these and one index word.
struct alignas(64) Flow {
  FlowKey key;
  uint64_t bytes = 0;
  uint64_t packets = 0;
  int64_t last_seen_ns = 0;

  // A place without a flow has no packets, a flow always has.
  bool exists() const noexcept { return packets != 0; }
};
static_assert(sizeof(Flow) == 64);

// What flows had counted that exist no longer.
struct EvictedSums {
  uint64_t series = 0;
  uint64_t bytes = 0;
  uint64_t packets = 0;
};

// A flow that one of several tables has evicted, and its key's hash in all of
// them.
struct ClosedFlow {
  Flow flow;
  uint64_t hash;
};

class FlowTable {
 public:
  static constexpr size_t kMinCapacity = 16;
  static constexpr uint32_t kProofPackets = 8;
  static constexpr size_t kSampledFlows = 5;
  static constexpr int64_t kMinSilenceNs = 10'000'000'000;

  FlowTable(size_t capacity, uint64_t hash_seed);

  void Add(const Packet& packet, ServiceId service, int64_t time_ns) noexcept;

  // Looks at the next `max_places` places, round and round, and evicts flows
  // last seen before `before_ns`.
  void EvictIdle(int64_t before_ns, size_t max_places) noexcept;

  // The flows in the order of their places: that in which they were seated,
  // but places are used again. Replaces `out`'s content.
  void CopyTo(std::vector<Flow>* out);

  size_t capacity() const noexcept { return capacity_; }

  // Since construction; up to date after CopyTo().
  const EvictedSums& evicted() const noexcept { return evicted_; }

  // From now on evicted flows go to closed() and not into evicted().
  void KeepClosed();
  std::vector<ClosedFlow>& closed() noexcept { return closed_; }
  // How many closed() holds at most; 0 without KeepClosed().
  size_t max_closed() const noexcept { return max_closed_; }

  // Counts what waits.
  void WorkOff() noexcept;
  // Null where the key has no flow. REQUIRES: the hash is from a table of the
  // same seed. Call WorkOff() before.
  Flow* Find(const FlowKey& key, uint64_t hash) noexcept;

 private:
  struct IndexEntry {
    uint32_t fingerprint;  // high half of the key's hash
    uint32_t slot;         // kEmpty, or a place in flows_
  };
  static constexpr uint32_t kEmpty = 0xffffffff;

  struct Pending {
    FlowKey key;
    uint64_t hash;
    int64_t time_ns;
    uint32_t bytes;
  };
  static constexpr size_t kMaxPending = 16;

  uint64_t Hash(const FlowKey& key) const noexcept;
  // The flow that a packet of an unknown key counts into.
  Flow* Admit(const Pending& pending) noexcept;
  Flow* OverflowOf(const FlowKey& key) noexcept;
  // REQUIRES: the key has no flow, and there is a place for its sort.
  Flow* Seat(const FlowKey& key, uint64_t hash) noexcept;
  bool EvictOneSilent(int64_t now_ns) noexcept;
  bool MayEvict() const noexcept {
    return max_closed_ == 0 || closed_.size() < max_closed_;
  }
  // REQUIRES: MayEvict().
  void Evict(uint32_t slot) noexcept;
  // Returns the key's hash.
  uint64_t Unindex(uint32_t slot) noexcept;
  uint32_t RandomSlot() noexcept;

  // Constant after construction.
  size_t capacity_;
  size_t own_limit_;  // places for keys of their own; the rest is for "other"
  uint64_t hash_seed_;
  size_t index_mask_;

  // Under the owner's lock.
  std::vector<Flow> flows_;
  std::vector<IndexEntry> index_;
  std::vector<uint32_t> free_;  // slots below used_ without a flow
  size_t used_ = 0;             // slots that ever had a flow
  size_t own_count_ = 0;
  size_t other_count_ = 0;
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
