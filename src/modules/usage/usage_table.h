// Who used how much in one day: a row per host and service, and never more
// than kMaxRows.
//
// Units    bytes: in to the host, out of it.
// Shape    where there would be more rows, the smallest quarter is added to
//          those of the host "other", which keep their services, and where
//          these are too many, to {other, other}. So sums stay exact, and who
//          is folded too early begins anew and stays once he is large.
//          A row whose key was given a hash is found by that as well: most are
//          added to every second, and keys are texts.
// Threads  one user at a time.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>

namespace ntm::usage {

inline constexpr char kOther[] = "other";
// Neither end is local: what only passes by.
inline constexpr char kTransit[] = "transit";

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

  // Not a host, so neither a secret nor folded.
  bool is_sum() const { return host == kOther || host == kTransit; }
  friend auto operator<=>(const UsageKey&, const UsageKey&) = default;
};

class UsageTable {
 public:
  static constexpr size_t kMaxRows = 1000;

  struct Row {
    Bytes bytes;
    uint64_t changed = 0;  // version() right after its last change
    uint64_t hash = 0;     // 0: it is found by its key alone
  };

  UsageTable() = default;
  UsageTable(const UsageTable&) = delete;
  UsageTable& operator=(const UsageTable&) = delete;

  // `hash`, if any, must be of no other key.
  void Add(const UsageKey& key, const Bytes& bytes, uint64_t hash = 0);
  // Returns false if no row has that hash.
  bool AddTo(uint64_t hash, const Bytes& bytes);

  bool is_full() const noexcept { return rows_.size() >= kMaxRows; }
  // Every host's row is found by its hash.
  bool is_hashed() const;

  // Folds until there are at most so many rows, of hosts or of "other".
  void Fold(size_t max_rows);

  const std::map<UsageKey, Row>& rows() const noexcept { return rows_; }
  // Grows with every change.
  uint64_t version() const noexcept { return version_; }
  // That of the last change that took rows away.
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
