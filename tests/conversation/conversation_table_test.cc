#include "conversation/conversation_table.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <random>
#include <unordered_map>
#include <vector>

namespace ntm {
namespace {

struct Place {
  uint64_t hash = 0;
  uint32_t value = 0;
};

// Compares the table with a map while both take, find, replace and sweep.
class TableAgainstMap {
 public:
  TableAgainstMap(size_t size, uint64_t hashes, uint32_t seed)
      : table_(size), hashes_(hashes), dice_(seed) {}

  void Step() {
    const uint64_t hash = Hash();
    switch (dice_() % 8) {
      case 0:
        Remove(hash);
        break;
      case 1:
        Displace(hash);
        break;
      case 2:
        Sweep();
        break;
      default:
        Take(hash);
    }
    ++now_;
    CheckOne(Hash());
  }

  void CheckAll() {
    ASSERT_EQ(table_.count(), map_.size());
    ASSERT_LE(table_.count(), table_.size());
    for (const auto& [hash, value] : map_) {
      const Place* place = table_.Find(hash);
      ASSERT_NE(place, nullptr);
      EXPECT_EQ(place->value, value);
      EXPECT_LT(table_.Prefetch(hash), table_.size());
    }
  }

 private:
  // Few hashes, of which many share set and tag. Never 0.
  uint64_t Hash() {
    const uint64_t number = dice_() % hashes_;
    return (number % 5) << 56 | (number / 5 % 3) << 1 | number << 20 | 1;
  }

  void CheckOne(uint64_t hash) {
    const Place* place = table_.Find(hash);
    const auto known = map_.find(hash);
    ASSERT_EQ(place != nullptr, known != map_.end());
    if (place != nullptr) {
      EXPECT_EQ(place->value, known->second);
    }
  }

  void Take(uint64_t hash) {
    if (map_.contains(hash)) return;
    if (Place* free = table_.TakeFree(hash)) {
      free->value = now_;
      map_[hash] = now_;
    }
  }

  void Remove(uint64_t hash) {
    if (const Place* place = table_.Find(hash)) table_.Remove(place);
    map_.erase(hash);
  }

  void Displace(uint64_t hash) {
    if (map_.contains(hash)) return;
    Place* place = table_.TakeOldest(
        hash, [](const Place& a, const Place& b) { return a.value < b.value; },
        [this](const Place& oldest) {
          EXPECT_EQ(map_.at(oldest.hash), oldest.value);
          map_.erase(oldest.hash);
        });
    ASSERT_NE(place, nullptr);
    place->value = now_;
    map_[hash] = now_;
  }

  void Sweep() {
    table_.Sweep(dice_() % 16, [this](const Place& place) {
      EXPECT_EQ(map_.at(place.hash), place.value);
      const bool is_over = place.value % 3 == 0;
      if (is_over) map_.erase(place.hash);
      return is_over;
    });
  }

  ConversationTable<Place> table_;
  std::unordered_map<uint64_t, uint32_t> map_;
  uint64_t hashes_;
  std::mt19937 dice_;
  uint32_t now_ = 1;
};

TEST(ConversationTable, HoldsWhatAMapHolds) {
  for (const size_t size : {1U, 8U, 64U, 256U}) {
    for (uint32_t seed = 0; seed < 8; ++seed) {
      TableAgainstMap both(size, size * 3, seed);
      for (int i = 0; i < 5000; ++i) both.Step();
      both.CheckAll();
    }
  }
}

TEST(ConversationTable, ASetGivesEachOfItsPlacesAndNoMore) {
  ConversationTable<Place> table(1);
  for (uint64_t i = 1; i <= table.kWays; ++i) {
    EXPECT_NE(table.TakeFree(i << 8 | 1), nullptr);
  }
  EXPECT_EQ(table.TakeFree(uint64_t{99} << 8 | 1), nullptr);
  EXPECT_EQ(table.count(), table.kWays);
}

}  // namespace
}  // namespace ntm
