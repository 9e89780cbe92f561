// The usage of one day: a row per host and service, at most kMaxRows.
//
// Units    bytes: in to the host, out of it.
// Shape    when the table is full, the smallest quarter of the rows is merged
//          into the host "other", by service, or into {other, other} if these
//          are too many. Sums stay exact; a host that was merged too early
//          starts at zero and stays once it is large. A row added with a hash
//          can be found by that, which is faster than by its text key, since
//          most rows change every second.
// Threads  one user at a time.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>

#include "ntm/flow/host_text.h"

namespace ntm::usage {

inline constexpr char kOther[] = "other";
// Traffic without a local end.
inline constexpr char kTransit[] = "transit";
// Traffic from and to addresses that are no host's.
inline constexpr const char* kGroups = kNoHostText;

struct Bytes {
  uint64_t in = 0;
  uint64_t out = 0;

  uint64_t sum() const noexcept { return in + out; }
  Bytes& operator+=(const Bytes& more) noexcept {
    in += more.in;
    out += more.out;
    return *this;
  }
  friend bool operator==(const Bytes&, const Bytes&) = default;
};

struct UsageKey {
  std::string host;
  std::string service;
  bool is_alias = false;  // the host's alias of an --anonymize run

  // Not a host: never anonymized and not merged as a host.
  bool is_sum() const {
    return host == kOther || host == kTransit || host == kGroups;
  }
  friend auto operator<=>(const UsageKey&, const UsageKey&) = default;
};

class UsageTable {
 public:
  static constexpr size_t kMaxRows = 1000;

  struct Row {
    Bytes bytes;
    uint64_t changed = 0;  // version() right after its last change
    uint64_t hash = 0;     // 0: found only by its key
  };

  UsageTable() = default;
  UsageTable(const UsageTable&) = delete;
  UsageTable& operator=(const UsageTable&) = delete;

  // `hash`, unless 0, must not belong to another key.
  void Add(const UsageKey& key, const Bytes& bytes, uint64_t hash = 0);
  // Returns false if no row has that hash.
  bool AddTo(uint64_t hash, const Bytes& bytes);

  bool is_full() const noexcept { return rows_.size() >= kMaxRows; }
  // True iff the rows of all hosts have a hash.
  bool is_hashed() const;

  // Merges the smallest rows until there are at most `max_rows`.
  void Fold(size_t max_rows);

  const std::map<UsageKey, Row>& rows() const noexcept { return rows_; }
  // Grows with every change.
  uint64_t version() const noexcept { return version_; }
  // The version of the last change that removed rows.
  uint64_t folded() const noexcept { return folded_; }

 private:
  template <typename Choice>
  void FoldSmallest(size_t count, Choice is_chosen, bool keeps_service);

  std::map<UsageKey, Row> rows_;
  std::unordered_map<uint64_t, Row*> by_hash_;
  uint64_t version_ = 0;
  uint64_t folded_ = 0;
};

}  // namespace ntm::usage
