// A hash table of fixed size for what is going on between two ends.
//
// Shape    sets of eight places. A place's tag, 8 bits of its hash, is apart
//          from its entry: to look one up reads the eight tags as one word,
//          which stays in the cache, and then the one entry. Nothing is ever
//          moved; what a new entry may take the place of is the caller's
//          choice.
// Threads  not synchronised.
// Errors   noexcept; allocates only in the constructor.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace ntm {

// Entry has `uint64_t hash`.
template <typename Entry>
class ConversationTable {
 public:
  static constexpr size_t kWays = 8;

  // `size` is rounded up to a power of two of at least kWays.
  explicit ConversationTable(size_t size)
      : sets_(std::bit_ceil(size < kWays ? kWays : size) / kWays),
        tags_(sets_),
        entries_(sets_ * kWays) {}

  size_t size() const noexcept { return entries_.size(); }
  size_t count() const noexcept { return count_; }

  // Loads the tags that Prefetch() reads.
  void PrefetchTags(uint64_t hash) const noexcept {
    __builtin_prefetch(&tags_[SetOf(hash)]);
  }

  // Loads the entry that the hash very likely has, and returns its place.
  size_t Prefetch(uint64_t hash) const noexcept {
    const size_t set = SetOf(hash);
    const size_t place = set * kWays + Matches(set, hash).first();
    __builtin_prefetch(&entries_[place], 1);
    return place;
  }

  // REQUIRES: place < size().
  Entry& At(size_t place) noexcept { return entries_[place]; }

  Entry* Find(uint64_t hash) noexcept {
    const size_t set = SetOf(hash);
    for (Match match = Matches(set, hash); match.some(); match.Drop()) {
      Entry& entry = entries_[set * kWays + match.first()];
      if (entry.hash == hash) return &entry;
    }
    return nullptr;
  }

  // A free place for the hash, or null.
  Entry* TakeFree(uint64_t hash) noexcept {
    const size_t set = SetOf(hash);
    const Match free = ZeroBytes(tags_[set]);
    return free.some() ? Take(set, free.first(), hash) : nullptr;
  }

  // Calls visit(const Entry&) for the places that the hash may have; all are
  // taken. Of these, the one at which it returns true is emptied and taken for
  // the hash; null if there is none.
  template <typename Visit>
  Entry* TakeFrom(uint64_t hash, size_t first, size_t ways,
                  const Visit& may_take) noexcept {
    const size_t set = SetOf(hash);
    for (size_t i = 0; i < ways; ++i) {
      const size_t way = (first + i) % kWays;
      if (!may_take(entries_[set * kWays + way])) continue;
      Free(set * kWays + way);
      return Take(set, way, hash);
    }
    return nullptr;
  }

  // A free place for the hash, or that of the entry for which before(a, b)
  // holds against all others; end(const Entry&) is then called.
  template <typename Before, typename End>
  Entry* TakeOldest(uint64_t hash, const Before& before,
                    const End& end) noexcept {
    if (Entry* free = TakeFree(hash)) return free;
    const Entry* set = &entries_[SetOf(hash) * kWays];
    const Entry* oldest = std::min_element(set, set + kWays, before);
    end(*oldest);
    Remove(oldest);
    return TakeFree(hash);
  }

  // Looks at the next so many places, and removes the entries for which
  // is_over(const Entry&) holds. All calls together go round the table.
  template <typename IsOver>
  void Sweep(size_t places, const IsOver& is_over) noexcept {
    for (size_t i = std::min(places, size()); i > 0; --i) {
      swept_at_ = (swept_at_ + 1) % size();
      const bool is_taken =
          (tags_[swept_at_ / kWays] >> swept_at_ % kWays * 8 & 0xff) != 0;
      if (is_taken && is_over(entries_[swept_at_])) Free(swept_at_);
    }
  }

  void Remove(const Entry* entry) noexcept {
    Free(static_cast<size_t>(entry - entries_.data()));
  }

 private:
  // A byte per place; 0: free.
  using Tags = uint64_t;

  // Bytes with their highest bit set if the tag may match. One above a byte
  // that matches may be set by a borrow; the entry's hash decides.
  struct Match {
    uint64_t bytes;

    bool some() const noexcept { return bytes != 0; }
    // Without a match any way.
    size_t first() const noexcept {
      return static_cast<size_t>(std::countr_zero(bytes)) / 8 & 7U;
    }
    void Drop() noexcept { bytes &= bytes - 1; }
  };

  static uint64_t TagOf(uint64_t hash) noexcept {
    const uint64_t tag = hash >> 56;
    return tag + (tag == 0 ? 1 : 0);
  }
  size_t SetOf(uint64_t hash) const noexcept {
    return static_cast<size_t>(hash >> 1) & (sets_ - 1);
  }

  Match Matches(size_t set, uint64_t hash) const noexcept {
    return ZeroBytes(tags_[set] ^ kOnes * TagOf(hash));
  }
  static Match ZeroBytes(uint64_t word) noexcept {
    return {(word - kOnes) & ~word & (kOnes << 7)};
  }

  Entry* Take(size_t set, size_t way, uint64_t hash) noexcept {
    tags_[set] |= TagOf(hash) << way * 8;
    ++count_;
    Entry& entry = entries_[set * kWays + way];
    entry = Entry();
    entry.hash = hash;
    return &entry;
  }

  void Free(size_t place) noexcept {
    tags_[place / kWays] &= ~(uint64_t{0xff} << place % kWays * 8);
    entries_[place].hash = 0;
    --count_;
  }

  static constexpr uint64_t kOnes = 0x0101010101010101;

  size_t sets_;
  std::vector<Tags> tags_;
  std::vector<Entry> entries_;
  size_t count_ = 0;
  size_t swept_at_ = 0;
};

}  // namespace ntm
