#include "ntm/flow_table.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <bit>
#include <iterator>
#include <string>
#include <utility>

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
      index_mask_(std::bit_ceil(capacity * 2) - 1),
      random_state_(hash_seed) {
  if (capacity < kMinCapacity || capacity >= kEmpty / 2) {
    throw Error("cannot keep " + std::to_string(capacity) +
                    " series: the limit is from " +
                    std::to_string(kMinCapacity) +
                    " to 2147483646; set --max-series",
                kExitUsage);
  }
  flows_.resize(capacity);
  index_.resize(index_mask_ + 1, IndexEntry{0, kEmpty});
  free_.reserve(capacity);
}

void FlowTable::KeepClosed() {
  max_closed_ = std::max(capacity_ / 8, kMinCapacity);
  closed_.reserve(max_closed_);
}

void FlowTable::Add(const Packet& packet, ServiceId service,
                    int64_t time_ns) noexcept {
  Pending& pending = pending_[pending_count_++];
  pending.key = FlowKey::Of(packet.src, packet.dst, packet.protocol, service);
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
    Flow* flow = Find(pending.key, pending.hash);
    if (flow == nullptr) flow = Admit(pending);
    flow->bytes += pending.bytes;
    ++flow->packets;
    flow->last_seen_ns = pending.time_ns;
  }
  pending_count_ = 0;
}

Flow* FlowTable::Find(const FlowKey& key, uint64_t hash) noexcept {
  const auto fingerprint = static_cast<uint32_t>(hash >> 32);
  size_t position = hash & index_mask_;
  for (;; position = (position + 1) & index_mask_) {
    const IndexEntry entry = index_[position];
    if (entry.slot == kEmpty) return nullptr;
    if (entry.fingerprint == fingerprint && flows_[entry.slot].key == key) {
      return &flows_[entry.slot];
    }
  }
}

Flow* FlowTable::Admit(const Pending& pending) noexcept {
  if (own_count_ < capacity_ / 2) return Seat(pending.key, pending.hash);
  if (sketch_.Add(pending.hash) >= kProofPackets &&
      (own_count_ < own_limit_ || EvictOneSilent(pending.time_ns))) {
    return Seat(pending.key, pending.hash);
  }
  return OverflowOf(pending.key);
}

Flow* FlowTable::OverflowOf(const FlowKey& key) noexcept {
  const auto find = [this](Protocol protocol, ServiceId service,
                           size_t limit) -> Flow* {
    const FlowKey other =
        FlowKey::Of(Address::Other(), Address::Other(), protocol, service);
    const uint64_t hash = Hash(other);
    Flow* flow = Find(other, hash);
    if (flow != nullptr || other_count_ >= limit) return flow;
    return Seat(other, hash);
  };
  const size_t limit = capacity_ - own_limit_;
  Flow* flow = find(key.protocol(), key.service(), limit - 1);
  // The last place is never given to another key, so this one always has it.
  return flow != nullptr ? flow : find(kProtocolOther, kNoService, limit);
}

Flow* FlowTable::Seat(const FlowKey& key, uint64_t hash) noexcept {
  auto slot = static_cast<uint32_t>(used_);
  if (free_.empty()) {
    ++used_;
  } else {
    slot = free_.back();
    free_.pop_back();
  }
  ++(key.IsOther() ? other_count_ : own_count_);
  size_t position = hash & index_mask_;
  while (index_[position].slot != kEmpty) {
    position = (position + 1) & index_mask_;
  }
  index_[position] = {static_cast<uint32_t>(hash >> 32), slot};
  flows_[slot].key = key;
  return &flows_[slot];
}

// Splitmix64 (Steele, Lea, Flood: Fast splittable pseudorandom number
// generators, 2014), scaled to the slots in use.
uint32_t FlowTable::RandomSlot() noexcept {
  random_state_ += 0x9e3779b97f4a7c15;
  uint64_t mixed = random_state_;
  mixed = (mixed ^ mixed >> 30) * 0xbf58476d1ce4e5b9;
  mixed = (mixed ^ mixed >> 27) * 0x94d049bb133111eb;
  mixed ^= mixed >> 31;
  return static_cast<uint32_t>((mixed >> 32) * used_ >> 32);
}

bool FlowTable::EvictOneSilent(int64_t now_ns) noexcept {
  if (!MayEvict()) return false;
  uint32_t victim = kEmpty;
  for (size_t i = 0; i < kSampledFlows; ++i) {
    const uint32_t slot = RandomSlot();
    const Flow& flow = flows_[slot];
    if (!flow.exists() || flow.key.IsOther() ||
        flow.last_seen_ns > now_ns - kMinSilenceNs) {
      continue;
    }
    const auto activity = [this](uint32_t of) {
      return std::pair(flows_[of].last_seen_ns, flows_[of].packets);
    };
    if (victim == kEmpty || activity(slot) < activity(victim)) victim = slot;
  }
  if (victim == kEmpty) return false;
  Evict(victim);
  return true;
}

void FlowTable::EvictIdle(int64_t before_ns, size_t max_places) noexcept {
  WorkOff();
  for (size_t i = std::min(max_places, used_); i > 0 && MayEvict(); --i) {
    if (sweep_at_ >= used_) sweep_at_ = 0;
    const Flow& flow = flows_[sweep_at_];
    if (flow.exists() && flow.last_seen_ns < before_ns) {
      Evict(static_cast<uint32_t>(sweep_at_));
    }
    ++sweep_at_;
  }
}

void FlowTable::Evict(uint32_t slot) noexcept {
  Flow& flow = flows_[slot];
  const uint64_t hash = Unindex(slot);
  if (max_closed_ != 0) {
    closed_.push_back({flow, hash});  // within what is reserved
  } else {
    ++evicted_.series;
    evicted_.bytes += flow.bytes;
    evicted_.packets += flow.packets;
  }
  --(flow.key.IsOther() ? other_count_ : own_count_);
  flow = Flow();
  free_.push_back(slot);  // within what is reserved
}

// Deletes by shifting back what follows, so that no chain is ever broken and no
// mark stays behind (Knuth, The Art of Computer Programming 3, 6.4, R).
uint64_t FlowTable::Unindex(uint32_t slot) noexcept {
  const uint64_t hash = Hash(flows_[slot].key);
  size_t hole = hash & index_mask_;
  while (index_[hole].slot != slot) hole = (hole + 1) & index_mask_;
  for (size_t position = (hole + 1) & index_mask_;
       index_[position].slot != kEmpty;
       position = (position + 1) & index_mask_) {
    const size_t home = Hash(flows_[index_[position].slot].key) & index_mask_;
    const size_t way = (position - home) & index_mask_;
    if (way < ((position - hole) & index_mask_)) continue;
    index_[hole] = index_[position];
    hole = position;
  }
  index_[hole] = {0, kEmpty};
  return hash;
}

void FlowTable::CopyTo(std::vector<Flow>* out) {
  WorkOff();
  const auto end = flows_.begin() + static_cast<std::ptrdiff_t>(used_);
  if (free_.empty()) {
    out->assign(flows_.begin(), end);
    return;
  }
  out->clear();
  out->reserve(used_ - free_.size());
  std::copy_if(flows_.begin(), end, std::back_inserter(*out),
               [](const Flow& flow) { return flow.exists(); });
}

}  // namespace ntm
