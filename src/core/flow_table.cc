#include "ntm/flow_table.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <bit>
#include <string>

#include "ntm/error.h"

namespace ntm {
namespace {

static_assert(std::has_unique_object_representations_v<FlowKey>);

// One eighth is kept back for "other": 1,250 of 10,000 hold every protocol and
// service that a usual services file names twice over.
size_t OwnLimit(size_t capacity) { return capacity - capacity / 8 - 1; }

}  // namespace

FlowTable::FlowTable(size_t capacity, uint64_t hash_seed)
    : capacity_(capacity),
      own_limit_(OwnLimit(capacity)),
      hash_seed_(hash_seed),
      index_mask_(std::bit_ceil(capacity * 2) - 1) {
  if (capacity < kMinCapacity || capacity >= kEmpty / 2) {
    throw Error("cannot keep " + std::to_string(capacity) +
                    " series: the limit is from " +
                    std::to_string(kMinCapacity) +
                    " to 2147483646; set --max-series",
                kExitUsage);
  }
  flows_.resize(capacity);
  index_.resize(index_mask_ + 1, IndexEntry{0, kEmpty});
}

void FlowTable::Add(const Packet& packet, ServiceId service,
                    int64_t time_ns) noexcept {
  Pending& pending = pending_[pending_count_++];
  pending.key =
      FlowKey::Of(packet.src, packet.dst, packet.protocol, service);
  pending.hash = Hash(pending.key);
  pending.time_ns = time_ns;
  pending.bytes = packet.bytes;
  __builtin_prefetch(&index_[pending.hash & index_mask_]);
  if (pending_count_ == kMaxPending) WorkOff();
}

uint64_t FlowTable::Hash(const FlowKey& key) const noexcept {
  return XXH3_64bits_withSeed(&key, sizeof key, hash_seed_);
}

void FlowTable::WorkOff() noexcept {
  for (size_t i = 0; i < pending_count_; ++i) {
    const uint32_t slot = index_[pending_[i].hash & index_mask_].slot;
    if (slot != kEmpty) __builtin_prefetch(&flows_[slot], 1);
  }
  for (size_t i = 0; i < pending_count_; ++i) {
    const Pending& pending = pending_[i];
    Flow* flow = FindOrSeat(pending.key, pending.hash, own_limit_);
    if (flow == nullptr) flow = OverflowOf(pending.key);
    flow->bytes += pending.bytes;
    ++flow->packets;
    flow->last_seen_ns = pending.time_ns;
  }
  pending_count_ = 0;
}

Flow* FlowTable::FindOrSeat(const FlowKey& key, uint64_t hash,
                            size_t limit) noexcept {
  const auto fingerprint = static_cast<uint32_t>(hash >> 32);
  size_t position = hash & index_mask_;
  for (;; position = (position + 1) & index_mask_) {
    const IndexEntry entry = index_[position];
    if (entry.slot == kEmpty) break;
    if (entry.fingerprint == fingerprint && flows_[entry.slot].key == key) {
      return &flows_[entry.slot];
    }
  }
  if (used_ >= limit) return nullptr;
  index_[position] = {fingerprint, static_cast<uint32_t>(used_)};
  Flow* flow = &flows_[used_++];
  flow->key = key;
  return flow;
}

Flow* FlowTable::OverflowOf(const FlowKey& key) noexcept {
  const auto find = [this](Protocol protocol, ServiceId service,
                           size_t limit) {
    const FlowKey other =
        FlowKey::Of(Address::Other(), Address::Other(), protocol, service);
    return FindOrSeat(other, Hash(other), limit);
  };
  Flow* flow = find(key.protocol(), key.service(), capacity_ - 1);
  // The last place is never given to another key, so this one always has it.
  return flow != nullptr ? flow : find(kProtocolOther, kNoService, capacity_);
}

void FlowTable::CopyTo(std::vector<Flow>* out) {
  WorkOff();
  out->assign(flows_.begin(),
              flows_.begin() + static_cast<std::ptrdiff_t>(used_));
}

}  // namespace ntm
