// Estimates how often a key was seen recently, in fixed memory for any number
// of keys.
//
// Units    additions; estimates saturate at 255.
// Shape    count-min sketch, 4 rows of one-byte counters. A row has as many as
//          there are places to be had, rounded up to a power of two, and at
//          least 2^14: 64 KiB in all, or 4 to 8 bytes per place. Only a key's
//          smallest counters grow (conservative update). All counters are
//          halved after four additions per column, so old additions lose
//          weight. With two, not all of the keys that wait for a place would be
//          seen as often as it requires; with eight, one-time keys would be.
//          Except for the halving, an estimate is never too small; it is too
//          large if other keys share all four counters.
// Threads  not synchronised.
// Errors   Add() is noexcept and never allocates.
// Source   G. Cormode, S. Muthukrishnan: An improved data stream summary: the
//          count-min sketch and its applications, 2005; conservative update:
//          C. Estan, G. Varghese: New directions in traffic measurement and
//          accounting, 2002. Columns: A. Kirsch, M. Mitzenmacher: Less
//          hashing, same performance: building a better Bloom filter, 2006.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace ntm {

class FrequencySketch {
 public:
  // For a table with this many places.
  explicit FrequencySketch(size_t places);

  // Counts a key, given by its hash, and returns the estimate including this
  // addition. REQUIRES: all bits of the hash are well mixed.
  uint32_t Add(uint64_t hash) noexcept;

  // The number of additions after which all counters are halved.
  size_t halve_after() const noexcept { return kAdditionsPerColumn * columns_; }

 private:
  static constexpr size_t kRows = 4;
  static constexpr size_t kLeastColumns = size_t{1} << 14;
  static constexpr size_t kAdditionsPerColumn = 4;

  void Halve() noexcept;

  // Constant after construction
  size_t columns_;  // a power of two

  std::vector<uint8_t> counters_;  // row after row
  size_t additions_ = 0;           // since the last halving
};

}  // namespace ntm
