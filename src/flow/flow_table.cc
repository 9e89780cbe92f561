#include "ntm/flow_table.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <iterator>
#include <string>
#include <type_traits>
#include <utility>

#include "ntm/error.h"

namespace ntm {
namespace {

static_assert(std::has_unique_object_representations_v<FullKey>);

// One eighth is kept back for "other": 1,250 of 10,000 hold every protocol and
// service that a usual services file names twice over.
size_t OwnLimit(size_t capacity) { return capacity - capacity / 8 - 1; }

}  // namespace

FlowTable::FlowTable(size_t capacity, uint64_t hash_seed, FlowLabels labels)
    : capacity_(capacity),
      hash_seed_(hash_seed),
      labels_(labels),
      has_extras_(labels.Share(kExtraLabels)),
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
  if (has_extras_) extras_.resize(capacity);
  index_.resize(index_mask_ + 1, IndexEntry{0, kEmpty});
  own_.end = OwnLimit(capacity);
  other_.begin = other_.used_end = own_.end;
  other_.end = capacity;
  own_.free.reserve(own_.size());
  other_.free.reserve(other_.size());
}

void FlowTable::KeepClosed() {
  max_closed_ = std::max(capacity_ / 8, kMinCapacity);
  closed_.reserve(max_closed_);
}

void FlowTable::Add(const Packet& packet, ServiceId service, int64_t time_ns,
                    ClassId traffic_class) noexcept {
  Pending& pending = pending_[pending_count_];
  pending.full.key =
      FlowKey::Of(packet.src, packet.dst, packet.protocol, service);
  Enqueue(&pending, packet.bytes, time_ns, traffic_class);
}

void FlowTable::Add(const FlowKey& key, uint32_t bytes, int64_t time_ns,
                    ClassId traffic_class) noexcept {
  Pending& pending = pending_[pending_count_];
  pending.full.key = key;
  Enqueue(&pending, bytes, time_ns, traffic_class);
}

void FlowTable::Add(const FullKey& full, uint32_t bytes, int64_t time_ns,
                    ClassId traffic_class) noexcept {
  Pending& pending = pending_[pending_count_];
  pending.full = full;
  Enqueue(&pending, bytes, time_ns, traffic_class);
}

void FlowTable::Enqueue(Pending* pending, uint32_t bytes, int64_t time_ns,
                        ClassId traffic_class) noexcept {
  pending->hash = Hash(pending->full);
  pending->full.key.set_traffic_class(traffic_class);
  pending->time_ns = time_ns;
  pending->bytes = bytes;
  __builtin_prefetch(&index_[pending->hash & index_mask_]);
  if (++pending_count_ == kMaxPending) WorkOff();
}

uint64_t FlowTable::Hash(const FullKey& full) const noexcept {
  if (has_extras_) return XXH3_64bits_withSeed(&full, sizeof full, hash_seed_);
  return XXH3_64bits_withSeed(&full.key, sizeof full.key, hash_seed_);
}

bool FlowTable::Is(uint32_t slot, const FullKey& full) const noexcept {
  return flows_[slot].key == full.key &&
         (!has_extras_ || extras_[slot] == full.extras);
}

void FlowTable::WorkOff() noexcept {
  for (size_t i = 0; i < pending_count_; ++i) {
    const uint32_t slot = index_[pending_[i].hash & index_mask_].slot;
    if (slot != kEmpty) __builtin_prefetch(&flows_[slot], 1);
  }
  for (size_t i = 0; i < pending_count_; ++i) {
    const Pending& pending = pending_[i];
    Flow* flow = Find(pending.full, pending.hash);
    if (flow == nullptr) {
      flow = Admit(pending);
    } else {
      flow->key.rest = pending.full.key.rest;  // the same, but for the class
    }
    flow->bytes += pending.bytes;
    ++flow->packets;
    flow->last_seen_ns = pending.time_ns;
  }
  pending_count_ = 0;
}

Flow* FlowTable::Find(const FullKey& full, uint64_t hash) noexcept {
  const auto fingerprint = static_cast<uint32_t>(hash >> 32);
  size_t position = hash & index_mask_;
  for (;; position = (position + 1) & index_mask_) {
    const IndexEntry entry = index_[position];
    if (entry.slot == kEmpty) return nullptr;
    if (entry.fingerprint == fingerprint && Is(entry.slot, full)) {
      return &flows_[entry.slot];
    }
  }
}

Flow* FlowTable::Admit(const Pending& pending) noexcept {
  if (own_.count() < capacity_ / 2) {
    return Seat(pending.full, pending.hash, &own_);
  }
  if (sketch_.Add(pending.hash) >= kProofPackets &&
      (own_.count() < own_.size() || EvictOneSilent(pending.time_ns))) {
    return Seat(pending.full, pending.hash, &own_);
  }
  return OverflowOf(pending.full);
}

// Where no label can be folded, a key may be its own overflow key: it then has
// a place kept back, and a key that has one already is found there.
Flow* FlowTable::OverflowOf(const FullKey& full) noexcept {
  const auto find = [this](const FullKey& other, size_t limit) -> Flow* {
    const uint64_t hash = Hash(other);
    Flow* flow = Find(other, hash);
    if (flow != nullptr || other_.count() >= limit) return flow;
    return Seat(other, hash, &other_);
  };
  Flow* flow = find(OverflowKey(full, labels_), other_.size() - 1);
  // The last place is never given to another key, so this one always has it.
  return flow != nullptr ? flow : find(LastResortKey(labels_), other_.size());
}

Flow* FlowTable::Seat(const FullKey& full, uint64_t hash, Part* part) noexcept {
  auto slot = static_cast<uint32_t>(part->used_end);
  if (part->free.empty()) {
    ++part->used_end;
  } else {
    slot = part->free.back();
    part->free.pop_back();
  }
  size_t position = hash & index_mask_;
  while (index_[position].slot != kEmpty) {
    position = (position + 1) & index_mask_;
  }
  index_[position] = {static_cast<uint32_t>(hash >> 32), slot};
  flows_[slot].key = full.key;
  if (has_extras_) extras_[slot] = full.extras;
  return &flows_[slot];
}

// Splitmix64 (Steele, Lea, Flood: Fast splittable pseudorandom number
// generators, 2014), scaled to the slots in use.
uint32_t FlowTable::RandomOwnSlot() noexcept {
  random_state_ += 0x9e3779b97f4a7c15;
  uint64_t mixed = random_state_;
  mixed = (mixed ^ mixed >> 30) * 0xbf58476d1ce4e5b9;
  mixed = (mixed ^ mixed >> 27) * 0x94d049bb133111eb;
  mixed ^= mixed >> 31;
  return static_cast<uint32_t>((mixed >> 32) * own_.used_end >> 32);
}

bool FlowTable::EvictOneSilent(int64_t now_ns) noexcept {
  if (!MayEvict()) return false;
  uint32_t victim = kEmpty;
  for (size_t i = 0; i < kSampledFlows; ++i) {
    const uint32_t slot = RandomOwnSlot();
    const Flow& flow = flows_[slot];
    // What lies ahead was last seen before the clock was set back.
    if (!flow.exists() || (flow.last_seen_ns > now_ns - kMinSilenceNs &&
                           flow.last_seen_ns < now_ns + kMinSilenceNs)) {
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
  const size_t used = own_.used_end + other_.used_end - other_.begin;
  for (size_t i = std::min(max_places, used); i > 0 && MayEvict(); --i) {
    if (sweep_at_ >= own_.used_end && sweep_at_ < other_.begin) {
      sweep_at_ = other_.begin;
    }
    if (sweep_at_ >= other_.used_end) sweep_at_ = 0;
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
    closed_.push_back({flow, FullKeyOf(slot).extras, hash});  // is reserved
  } else {
    ++evicted_.series;
    evicted_.bytes += flow.bytes;
    evicted_.packets += flow.packets;
  }
  flow = Flow();
  Part& part = slot < own_.end ? own_ : other_;
  part.free.push_back(slot);  // within what is reserved
}

FullKey FlowTable::FullKeyOf(uint32_t slot) const noexcept {
  return {flows_[slot].key.Bare(), has_extras_ ? extras_[slot] : FlowExtras()};
}

// Deletes by shifting back what follows, so that no chain is ever broken and no
// mark stays behind (Knuth, The Art of Computer Programming 3, 6.4, R).
uint64_t FlowTable::Unindex(uint32_t slot) noexcept {
  const uint64_t hash = Hash(FullKeyOf(slot));
  size_t hole = hash & index_mask_;
  while (index_[hole].slot != slot) hole = (hole + 1) & index_mask_;
  for (size_t position = (hole + 1) & index_mask_;
       index_[position].slot != kEmpty;
       position = (position + 1) & index_mask_) {
    const size_t home = Hash(FullKeyOf(index_[position].slot)) & index_mask_;
    const size_t way = (position - home) & index_mask_;
    if (way < ((position - hole) & index_mask_)) continue;
    index_[hole] = index_[position];
    hole = position;
  }
  index_[hole] = {0, kEmpty};
  return hash;
}

void FlowTable::AppendTo(std::vector<Flow>* flows,
                         std::vector<FlowExtras>* extras) {
  WorkOff();
  const size_t size = flows->size() + count();
  flows->reserve(size);
  if (has_extras_) extras->reserve(size);
  CopyPart(own_, flows, extras);
  CopyPart(other_, flows, extras);
}

void FlowTable::CopyPart(const Part& part, std::vector<Flow>* flows,
                         std::vector<FlowExtras>* extras) const {
  const auto at = [](size_t slot) { return static_cast<std::ptrdiff_t>(slot); };
  if (part.free.empty()) {
    flows->insert(flows->end(), flows_.begin() + at(part.begin),
                  flows_.begin() + at(part.used_end));
    if (!has_extras_) return;
    extras->insert(extras->end(), extras_.begin() + at(part.begin),
                   extras_.begin() + at(part.used_end));
    return;
  }
  for (size_t slot = part.begin; slot < part.used_end; ++slot) {
    if (!flows_[slot].exists()) continue;
    flows->push_back(flows_[slot]);
    if (has_extras_) extras->push_back(extras_[slot]);
  }
}

}  // namespace ntm
