// A hash table of fixed size for what is going on between two ends.
//
// Shape    sets of eight places. A place's tag, 16 bits of its hash, is apart
//          from its entry: to look one up reads one line of tags, which stay in
//          the cache, and then the one entry. Nothing is ever moved; what a new
//          entry may take the place of is the caller's choice.
// Threads  not synchronised.
// Errors   noexcept; allocates only in the constructor.
#pragma once

#include <array>
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

  // Loads the entry that the hash very likely has, and returns its place.
  size_t Prefetch(uint64_t hash) const noexcept {
    const size_t set = SetOf(hash);
    const size_t place = set * kWays + Matches(set, hash).first();
    __builtin_prefetch(&entries_[place], 1);
    return place;
  }

  // `likely` from Prefetch().
  Entry* Find(uint64_t hash, size_t likely) noexcept {
    Entry& entry = entries_[likely];
    return entry.hash == hash ? &entry : Find(hash);
  }

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
    for (size_t way = 0; way < kWays; ++way) {
      if (tags_[set][way] == 0) return Take(set, way, hash);
    }
    return nullptr;
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

  // The place of its set for which before(a, b) holds against all others.
  template <typename Before>
  Entry* FirstOfSet(uint64_t hash, const Before& before) noexcept {
    Entry* set = &entries_[SetOf(hash) * kWays];
    Entry* first = set;
    for (size_t way = 1; way < kWays; ++way) {
      if (before(set[way], *first)) first = &set[way];
    }
    return first;
  }

  void Remove(const Entry* entry) noexcept {
    Free(static_cast<size_t>(entry - entries_.data()));
  }

  bool IsTaken(size_t place) const noexcept {
    return tags_[place / kWays][place % kWays] != 0;
  }
  Entry& operator[](size_t place) noexcept { return entries_[place]; }

 private:
  using Tags = std::array<uint16_t, kWays>;

  // Lanes of 16 bits in two words, each with its highest bit set if the tag may
  // match. A lane above one that matches may be set by a borrow; the entry's
  // hash decides.
  struct Match {
    std::array<uint64_t, 2> lanes;

    bool some() const noexcept { return (lanes[0] | lanes[1]) != 0; }
    // Without a match any way.
    size_t first() const noexcept {
      const size_t half = lanes[0] != 0 ? 0 : 1;
      return half * 4 + (static_cast<size_t>(std::countr_zero(lanes[half])) /
                         16 & 3U);
    }
    void Drop() noexcept {
      uint64_t& word = lanes[0] != 0 ? lanes[0] : lanes[1];
      word &= word - 1;
    }
  };

  static uint16_t TagOf(uint64_t hash) noexcept {
    return static_cast<uint16_t>(hash >> 48 | 1U);
  }
  size_t SetOf(uint64_t hash) const noexcept {
    return static_cast<size_t>(hash >> 1) & (sets_ - 1);
  }

  Match Matches(size_t set, uint64_t hash) const noexcept {
    constexpr uint64_t kOnes = 0x0001000100010001;
    constexpr uint64_t kHighs = 0x8000800080008000;
    Match match{std::bit_cast<std::array<uint64_t, 2>>(tags_[set])};
    for (uint64_t& word : match.lanes) {
      word ^= kOnes * TagOf(hash);
      word = (word - kOnes) & ~word & kHighs;
    }
    return match;
  }

  Entry* Take(size_t set, size_t way, uint64_t hash) noexcept {
    tags_[set][way] = TagOf(hash);
    ++count_;
    Entry& entry = entries_[set * kWays + way];
    entry = Entry();
    entry.hash = hash;
    return &entry;
  }

  void Free(size_t place) noexcept {
    tags_[place / kWays][place % kWays] = 0;
    entries_[place].hash = 0;
    --count_;
  }

  size_t sets_;
  std::vector<Tags> tags_;
  std::vector<Entry> entries_;
  size_t count_ = 0;
};

}  // namespace ntm
