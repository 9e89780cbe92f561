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

FlowKey KeyOf(const Packet& packet, ServiceId service) noexcept {
  FlowKey key;
  key.src = packet.src.bytes;
  key.dst = packet.dst.bytes;
  key.service = service;
  key.protocol = packet.protocol;
  key.src_kind = packet.src.kind;
  key.dst_kind = packet.dst.kind;
  return key;
}

FlowKey OtherKey(Protocol protocol, ServiceId service) noexcept {
  FlowKey key;
  key.service = service;
  key.protocol = protocol;
  key.src_kind = AddressKind::kOther;
  key.dst_kind = AddressKind::kOther;
  return key;
}

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
  const FlowKey key = KeyOf(packet, service);
  Flow* flow = FindOrSeat(key, own_limit_);
  if (flow == nullptr) flow = OverflowOf(key);
  flow->bytes += packet.bytes;
  ++flow->packets;
  flow->last_seen_ns = time_ns;
}

uint64_t FlowTable::Hash(const FlowKey& key) const noexcept {
  return XXH3_64bits_withSeed(&key, sizeof key, hash_seed_);
}

Flow* FlowTable::FindOrSeat(const FlowKey& key, size_t limit) noexcept {
  const uint64_t hash = Hash(key);
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
  Flow* flow =
      FindOrSeat(OtherKey(key.protocol, key.service), capacity_ - 1);
  if (flow != nullptr) return flow;
  // The last place is never given to another key, so this one always has it.
  return FindOrSeat(OtherKey(kProtocolOther, kNoService), capacity_);
}

void FlowTable::CopyTo(std::vector<Flow>* out) const {
  out->assign(flows_.begin(),
              flows_.begin() + static_cast<std::ptrdiff_t>(used_));
}

}  // namespace ntm
