#include "ntm/flow/flow_table.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <iterator>
#include <string>
#include <type_traits>
#include <utility>

#include "ntm/base/error.h"

namespace ntm {
namespace {

static_assert(std::has_unique_object_representations_v<FullKey>);

// One eighth is kept back for "other": 1,250 of 10,000 hold every protocol and
// service that a usual services file names, and as many numbers as PortNames
// admits.
size_t RegularLimit(size_t capacity) { return capacity - capacity / 8 - 1; }

}  // namespace

FlowTable::FlowTable(size_t capacity, uint64_t hash_seed, FlowLabels labels,
                     PortNames* names)
    : capacity_(Checked(capacity)),
      hash_seed_(hash_seed),
      labels_(labels),
      has_extras_(labels.Share(kExtraLabels)),
      index_mask_(std::bit_ceil(capacity * 2) - 1),
      names_(names),
      sketch_(capacity),
      random_state_(hash_seed) {
  flows_.resize(capacity);
  if (has_extras_) extras_.resize(capacity);
  index_.resize(index_mask_ + 1, IndexEntry{0, kEmpty});
  regular_.end = RegularLimit(capacity);
  overflow_.begin = overflow_.used_end = regular_.end;
  overflow_.end = capacity;
  regular_.free.reserve(regular_.size());
  overflow_.free.reserve(overflow_.size());
}

// Before memory is taken for it.
size_t FlowTable::Checked(size_t capacity) {
  if (capacity < kMinCapacity || capacity >= kEmpty / 2) {
    throw Error("cannot keep " + std::to_string(capacity) +
                    " series: the limit is from " +
                    std::to_string(kMinCapacity) +
                    " to 2147483646; set --max-series",
                kExitUsage);
  }
  return capacity;
}

void FlowTable::KeepClosed() {
  max_closed_ = std::max(capacity_ / 8, kMinCapacity);
  closed_.reserve(max_closed_);
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
  pending->traffic_class = traffic_class;
  pending->time_ns = time_ns;
  pending->bytes = bytes;
  __builtin_prefetch(&index_[pending->hash & index_mask_]);
  if (++pending_count_ == kMaxPending) Drain();
}

uint64_t FlowTable::Hash(const FullKey& full) const noexcept {
  if (has_extras_) return XXH3_64bits_withSeed(&full, sizeof full, hash_seed_);
  return XXH3_64bits_withSeed(&full.key, sizeof full.key, hash_seed_);
}

bool FlowTable::Matches(uint32_t slot, const FullKey& full) const noexcept {
  return flows_[slot].key == full.key &&
         (!has_extras_ || extras_[slot] == full.extras);
}

void FlowTable::Drain() noexcept {
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
      flow->set_traffic_class(pending.traffic_class);
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
    if (entry.fingerprint == fingerprint && Matches(entry.slot, full)) {
      return &flows_[entry.slot];
    }
  }
}

Flow* FlowTable::Admit(const Pending& pending) noexcept {
  const ServiceId service = pending.full.key.service();
  if (names_ == nullptr || !IsPortNumber(service)) return AdmitKey(pending);
  if (!HoldName(service)) return AdmitAsOther(pending);
  Flow* flow = AdmitKey(pending);
  names_->Release(service);  // what was inserted holds it
  return flow;
}

bool FlowTable::HoldName(ServiceId service) noexcept {
  if (!names_->IsHeld(service) && names_->count() >= PortNames::kMost / 2) {
    const uint64_t hash =
        XXH3_64bits_withSeed(&service, sizeof service, hash_seed_);
    if (sketch_.Add(hash) < kAdmittedAtPackets) return false;
  }
  return names_->TryHold(service);
}

Flow* FlowTable::AdmitAsOther(Pending pending) noexcept {
  pending.full.key.set_service(kOtherService);
  pending.hash = Hash(pending.full);
  Flow* flow = Find(pending.full, pending.hash);
  if (flow == nullptr) return AdmitKey(pending);
  flow->set_traffic_class(pending.traffic_class);
  return flow;
}

Flow* FlowTable::AdmitKey(const Pending& pending) noexcept {
  const bool has_slot =
      regular_.count() < capacity_ / 2 ||
      (sketch_.Add(pending.hash) >= kAdmittedAtPackets &&
       (regular_.count() < regular_.size() || EvictOneSilent(pending.time_ns)));
  if (!has_slot) return OverflowOf(pending.full);
  Flow* flow = Insert(pending.full, pending.hash, &regular_);
  flow->set_traffic_class(pending.traffic_class);
  return flow;
}

// Where no label can be folded, a key may be its own overflow key: its slot is
// then in the overflow region, and from its second packet on it is found there.
Flow* FlowTable::OverflowOf(const FullKey& full) noexcept {
  const auto find = [this](const FullKey& other, size_t limit) -> Flow* {
    const uint64_t hash = Hash(other);
    Flow* flow = Find(other, hash);
    if (flow != nullptr || overflow_.count() >= limit) return flow;
    return Insert(other, hash, &overflow_);
  };
  Flow* flow = find(OverflowKey(full, labels_), overflow_.size() - 1);
  // The last slot is never given to another key, so this one always has it.
  return flow != nullptr ? flow
                         : find(LastResortKey(labels_), overflow_.size());
}

Flow* FlowTable::Insert(const FullKey& full, uint64_t hash,
                        Region* region) noexcept {
  auto slot = static_cast<uint32_t>(region->used_end);
  if (region->free.empty()) {
    ++region->used_end;
  } else {
    slot = region->free.back();
    region->free.pop_back();
  }
  size_t position = hash & index_mask_;
  while (index_[position].slot != kEmpty) {
    position = (position + 1) & index_mask_;
  }
  index_[position] = {static_cast<uint32_t>(hash >> 32), slot};
  const ServiceId service = full.key.service();
  if (names_ != nullptr && IsPortNumber(service)) names_->Hold(service);
  flows_[slot].key = full.key;
  if (has_extras_) extras_[slot] = full.extras;
  return &flows_[slot];
}

// Splitmix64 (Steele, Lea, Flood: Fast splittable pseudorandom number
// generators, 2014), scaled to the slots in use.
uint32_t FlowTable::RandomRegularSlot() noexcept {
  random_state_ += 0x9e3779b97f4a7c15;
  uint64_t mixed = random_state_;
  mixed = (mixed ^ mixed >> 30) * 0xbf58476d1ce4e5b9;
  mixed = (mixed ^ mixed >> 27) * 0x94d049bb133111eb;
  mixed ^= mixed >> 31;
  return static_cast<uint32_t>((mixed >> 32) * regular_.used_end >> 32);
}

bool FlowTable::EvictOneSilent(int64_t now_ns) noexcept {
  if (!MayEvict()) return false;
  uint32_t victim = kEmpty;
  for (size_t i = 0; i < kSampledFlows; ++i) {
    const uint32_t slot = RandomRegularSlot();
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

void FlowTable::EvictIdle(int64_t before_ns, size_t max_slots) noexcept {
  Drain();
  const size_t used = regular_.used_end + overflow_.used_end - overflow_.begin;
  for (size_t i = std::min(max_slots, used); i > 0 && MayEvict(); --i) {
    if (sweep_at_ >= regular_.used_end && sweep_at_ < overflow_.begin) {
      sweep_at_ = overflow_.begin;
    }
    if (sweep_at_ >= overflow_.used_end) sweep_at_ = 0;
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
    closed_.push_back({flow, KeyAt(flows_, extras_, slot).extras, hash});
  } else {
    ++evicted_.series;
    evicted_.bytes += flow.bytes;
    evicted_.packets += flow.packets;
  }
  const ServiceId service = flow.key.service();
  if (names_ != nullptr && IsPortNumber(service)) names_->Release(service);
  flow = Flow();
  Region& region = slot < regular_.end ? regular_ : overflow_;
  region.free.push_back(slot);  // within what is reserved
}

// Deletes by shifting back what follows, so that no chain is ever broken and no
// mark stays behind (Knuth, The Art of Computer Programming 3, 6.4, R).
uint64_t FlowTable::Unindex(uint32_t slot) noexcept {
  const uint64_t hash = Hash(KeyAt(flows_, extras_, slot));
  size_t hole = hash & index_mask_;
  while (index_[hole].slot != slot) hole = (hole + 1) & index_mask_;
  for (size_t position = (hole + 1) & index_mask_;
       index_[position].slot != kEmpty;
       position = (position + 1) & index_mask_) {
    const size_t home =
        Hash(KeyAt(flows_, extras_, index_[position].slot)) & index_mask_;
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
  Drain();
  const size_t size = flows->size() + count();
  flows->reserve(size);
  if (has_extras_) extras->reserve(size);
  CopyRegion(regular_, flows, extras);
  CopyRegion(overflow_, flows, extras);
}

void FlowTable::CopyRegion(const Region& region, std::vector<Flow>* flows,
                           std::vector<FlowExtras>* extras) const {
  const auto at = [](size_t slot) { return static_cast<std::ptrdiff_t>(slot); };
  if (region.free.empty()) {
    flows->insert(flows->end(), flows_.begin() + at(region.begin),
                  flows_.begin() + at(region.used_end));
    if (!has_extras_) return;
    extras->insert(extras->end(), extras_.begin() + at(region.begin),
                   extras_.begin() + at(region.used_end));
    return;
  }
  for (size_t slot = region.begin; slot < region.used_end; ++slot) {
    if (!flows_[slot].exists()) continue;
    flows->push_back(flows_[slot]);
    if (has_extras_) extras->push_back(extras_[slot]);
  }
}

}  // namespace ntm
