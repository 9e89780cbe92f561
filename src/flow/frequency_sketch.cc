#include "ntm/flow/frequency_sketch.h"

#include <algorithm>
#include <array>

namespace ntm {

FrequencySketch::FrequencySketch() : counters_(kRows * kRowSize) {}

uint32_t FrequencySketch::Add(uint64_t hash) noexcept {
  // Each row uses different bits of the hash: 56 of the 64 in total.
  std::array<uint8_t*, kRows> own;
  for (size_t row = 0; row < kRows; ++row) {
    const size_t column = hash >> (row * kRowBits) & (kRowSize - 1);
    own[row] = &counters_[row * kRowSize + column];
  }
  const uint8_t before = std::min({*own[0], *own[1], *own[2], *own[3]});
  const auto estimate = static_cast<uint8_t>(before + (before < UINT8_MAX));
  for (uint8_t* counter : own) *counter = std::max(*counter, estimate);
  if (++additions_ == kHalveAfter) Halve();
  return estimate;
}

void FrequencySketch::Halve() noexcept {
  for (uint8_t& counter : counters_) counter /= 2;
  additions_ = 0;
}

}  // namespace ntm
