// Adds packets to counters keyed by src, dst, protocol and service.
//
// Units    bytes are Packet::bytes; times are ns since the epoch.
// Shape    a dense array of flows, sized at construction, found through an
//          open-addressed index. At most capacity() flows exist. A part of the
//          table is kept back for the flows of "other": a key that finds no
//          place counts into {other, other, its protocol, its service}, and
//          where these run out too, into one {other, other, other, ""}. So
//          the sums over all flows are exact at every instant.
// Threads  not synchronised; one writer (the capture thread). Copy with
//          CopyTo() under the same lock.
// Errors   Add() is noexcept and never allocates; the constructor throws
//          ntm::Error if capacity is below kMinCapacity.
// Source   hash: XXH3 64 bit (libxxhash), seeded per process so that nobody
//          outside can choose colliding keys.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "ntm/packet.h"
#include "ntm/services.h"

namespace ntm {

// Equal keys are equal bytes: no padding.
struct FlowKey {
  std::array<uint8_t, 16> src{};
  std::array<uint8_t, 16> dst{};
  ServiceId service = kNoService;
  Protocol protocol = 0;
  AddressKind src_kind = AddressKind::kNone;
  AddressKind dst_kind = AddressKind::kNone;
  uint16_t reserved = 0;

  Address Src() const noexcept { return {src, src_kind}; }
  Address Dst() const noexcept { return {dst, dst_kind}; }
  friend bool operator==(const FlowKey&, const FlowKey&) = default;
};
static_assert(sizeof(FlowKey) == 40);

// One cache line: a packet touches one of these and one index word.
struct alignas(64) Flow {
  FlowKey key;
  uint64_t bytes = 0;
  uint64_t packets = 0;
  int64_t last_seen_ns = 0;
};
static_assert(sizeof(Flow) == 64);

class FlowTable {
 public:
  static constexpr size_t kMinCapacity = 16;

  FlowTable(size_t capacity, uint64_t hash_seed);

  void Add(const Packet& packet, ServiceId service, int64_t time_ns) noexcept;

  // The flows in the order in which they were seated. Replaces `out`'s content.
  void CopyTo(std::vector<Flow>* out) const;

  size_t size() const noexcept { return used_; }
  size_t capacity() const noexcept { return capacity_; }

 private:
  struct IndexEntry {
    uint32_t fingerprint;  // high half of the key's hash
    uint32_t slot;         // kEmpty, or a place in flows_
  };
  static constexpr uint32_t kEmpty = 0xffffffff;

  uint64_t Hash(const FlowKey& key) const noexcept;
  // The flow of `key`, seated if need be and if fewer than `limit` are; nullptr
  // if there is no room.
  Flow* FindOrSeat(const FlowKey& key, size_t limit) noexcept;
  Flow* OverflowOf(const FlowKey& key) noexcept;

  // Constant after construction.
  size_t capacity_;
  size_t own_limit_;  // places for keys of their own; the rest is for "other"
  uint64_t hash_seed_;
  size_t index_mask_;

  // Capture thread only.
  std::vector<Flow> flows_;
  std::vector<IndexEntry> index_;
  size_t used_ = 0;
};

}  // namespace ntm
