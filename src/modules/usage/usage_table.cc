#include "usage_table.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace ntm::usage {

void UsageTable::Add(const UsageKey& key, const Bytes& bytes, uint64_t hash) {
  Row& row = rows_[key];
  row.bytes += bytes;
  row.changed = ++version_;
  if (hash != 0 && row.hash == 0) {
    row.hash = hash;
    by_hash_[hash] = &row;
  }
  if (rows_.size() > kMaxRows) Fold(kMaxRows - kMaxRows / 4);
}

bool UsageTable::AddTo(uint64_t hash, const Bytes& bytes) {
  const auto found = by_hash_.find(hash);
  if (found == by_hash_.end()) return false;
  found->second->bytes += bytes;
  found->second->changed = ++version_;
  return true;
}

bool UsageTable::is_hashed() const {
  return std::ranges::all_of(rows_, [](const auto& entry) {
    return entry.first.is_sum() || entry.second.hash != 0;
  });
}

void UsageTable::Fold(size_t max_rows) {
  const auto is_host = [](const UsageKey& key) { return !key.is_sum(); };
  const auto is_sum = [](const UsageKey& key) { return key.is_sum(); };
  const auto too_many = [&] {
    return rows_.size() > max_rows ? rows_.size() - max_rows : 0;
  };
  FoldSmallest(too_many(), is_host, true);
  // Folding has added rows of "other", one per service.
  const auto sums = static_cast<size_t>(std::ranges::count_if(
      rows_, [&](const auto& entry) { return is_sum(entry.first); }));
  const size_t max_sums = max_rows / 4;
  if (sums > max_sums) FoldSmallest(sums - max_sums + 1, is_sum, false);
  FoldSmallest(too_many(), is_host, true);
  if (too_many() > 0) FoldSmallest(too_many() + 1, is_host, false);
}

template <typename Choice>
void UsageTable::FoldSmallest(size_t count, Choice is_chosen,
                              bool keeps_service) {
  if (count == 0) return;
  using Entry = std::pair<uint64_t, const UsageKey*>;
  std::vector<Entry> entries;
  for (const auto& [key, row] : rows_) {
    if (is_chosen(key)) entries.emplace_back(row.bytes.sum(), &key);
  }
  count = std::min(count, entries.size());
  const auto end = entries.begin() + static_cast<std::ptrdiff_t>(count);
  std::nth_element(
      entries.begin(), end, entries.end(), [](const Entry& a, const Entry& b) {
        return a.first != b.first ? a.first < b.first : *a.second < *b.second;
      });
  std::map<UsageKey, Bytes> sums;
  for (auto entry = entries.begin(); entry != end; ++entry) {
    const auto row = rows_.find(*entry->second);
    const std::string service = keeps_service ? row->first.service : kOther;
    sums[{kOther, service, false}] += row->second.bytes;
    by_hash_.erase(row->second.hash);
    rows_.erase(row);
  }
  folded_ = ++version_;
  for (const auto& [key, bytes] : sums) {
    Row& row = rows_[key];
    row.bytes += bytes;
    row.changed = ++version_;
  }
}

}  // namespace ntm::usage
