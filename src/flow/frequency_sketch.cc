#include "ntm/flow/frequency_sketch.h"

#include <algorithm>
#include <array>
#include <bit>

namespace ntm {

FrequencySketch::FrequencySketch(size_t places)
    : columns_(std::max(std::bit_ceil(places), kLeastColumns)),
      counters_(kRows * columns_) {}

uint32_t FrequencySketch::Add(uint64_t hash) noexcept {
  const uint64_t first = hash & UINT32_MAX;
  const uint64_t step = hash >> 32;
  std::array<uint8_t*, kRows> own;
  for (size_t row = 0; row < kRows; ++row) {
    const size_t column = (first + row * step) & (columns_ - 1);
    own[row] = &counters_[row * columns_ + column];
  }
  const uint8_t before = std::min({*own[0], *own[1], *own[2], *own[3]});
  const auto estimate = static_cast<uint8_t>(before + (before < UINT8_MAX));
  for (uint8_t* counter : own) *counter = std::max(*counter, estimate);
  if (++additions_ == halve_after()) Halve();
  return estimate;
}

void FrequencySketch::Halve() noexcept {
  for (uint8_t& counter : counters_) counter /= 2;
  additions_ = 0;
}

}  // namespace ntm
