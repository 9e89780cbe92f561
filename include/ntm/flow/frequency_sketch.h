// Estimates how often a key was seen recently, in fixed memory for any number
// of keys.
//
// Units    additions; estimates saturate at 255.
// Shape    count-min sketch, 4 rows of 2^14 one-byte counters (64 KiB). Only a
//          key's smallest counters grow (conservative update). All counters are
//          halved every kHalveAfter additions, so old additions lose weight.
//          Except for the halving, an estimate is never too small; it is too
//          large if other keys share all four counters.
// Threads  not synchronised.
// Errors   Add() is noexcept and never allocates.
// Source   G. Cormode, S. Muthukrishnan: An improved data stream summary: the
//          count-min sketch and its applications, 2005; conservative update:
//          C. Estan, G. Varghese: New directions in traffic measurement and
//          accounting, 2002.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace ntm {

class FrequencySketch {
 public:
  static constexpr uint32_t kHalveAfter = 1U << 15;

  FrequencySketch();

  // Counts a key, given by its hash, and returns the estimate including this
  // addition. REQUIRES: all bits of the hash are well mixed.
  uint32_t Add(uint64_t hash) noexcept;

 private:
  static constexpr size_t kRows = 4;
  static constexpr size_t kRowBits = 14;
  static constexpr size_t kRowSize = size_t{1} << kRowBits;

  void Halve() noexcept;

  std::vector<uint8_t> counters_;  // row after row
  uint32_t additions_ = 0;         // since the last halving
};

}  // namespace ntm
