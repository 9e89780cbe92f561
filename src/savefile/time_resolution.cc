#include "time_resolution.h"

#include <algorithm>

#include "block_reader.h"

namespace ntm {
namespace {

constexpr uint64_t kBillion = 1'000'000'000;
constexpr int kNanoExponent = 9;
constexpr int kMostDecimals = 19;  // 10^19 is less than 2^64
// A fraction of so many bits times a billion has less than 64.
constexpr int kFractionBits = 34;
// Beyond all times, so that sums with it do not overflow.
constexpr int64_t kFarSeconds = int64_t{1} << 40;

// REQUIRES: exponent is 0 to kMostDecimals.
uint64_t PowerOfTen(int exponent) {
  uint64_t power = 1;
  for (int i = 0; i < exponent; ++i) power *= 10;
  return power;
}

struct SplitTime {
  uint64_t seconds;
  uint64_t ns;
};

SplitTime SplitDecimal(uint64_t units, int exponent) {
  // A unit is less than 10^-19 s: all of them are less than two seconds.
  if (exponent > kMostDecimals) {
    units /= PowerOfTen(std::min(exponent - kMostDecimals, kMostDecimals));
    exponent = kMostDecimals;
  }
  const uint64_t per_second = PowerOfTen(exponent);
  const uint64_t rest = units % per_second;
  return {units / per_second,
          exponent > kNanoExponent
              ? rest / PowerOfTen(exponent - kNanoExponent)
              : rest * PowerOfTen(kNanoExponent - exponent)};
}

SplitTime SplitBinary(uint64_t units, int exponent) {
  constexpr int kBits = 64;
  const uint64_t seconds = exponent < kBits ? units >> exponent : 0;
  uint64_t rest = units - (exponent < kBits ? seconds << exponent : 0);
  if (exponent > kFractionBits) {
    const int cut = exponent - kFractionBits;
    rest = cut < kBits ? rest >> cut : 0;
    exponent = kFractionBits;
  }
  return {seconds, rest * kBillion >> exponent};
}

}  // namespace

void TimeResolution::SetUnit(uint8_t exponent) noexcept {
  is_binary_ = (exponent & 0x80U) != 0;
  exponent_ = exponent & 0x7f;
  ns_per_unit_ = is_binary_ || exponent_ > kNanoExponent
                     ? 0
                     : PowerOfTen(kNanoExponent - exponent_);
  FindPlainUnits();
}

void TimeResolution::SetOffset(int64_t seconds) noexcept {
  offset_s_ = std::clamp(seconds, -kFarSeconds, kFarSeconds);
  FindPlainUnits();
}

void TimeResolution::FindPlainUnits() noexcept {
  constexpr uint64_t kMaxNs = 4'600'000'000 * kBillion;
  plain_units_ =
      ns_per_unit_ != 0 && offset_s_ == 0 ? kMaxNs / ns_per_unit_ : 0;
}

int64_t TimeResolution::SlowTimeNs(uint64_t units) const noexcept {
  const SplitTime time = is_binary_ ? SplitBinary(units, exponent_)
                                    : SplitDecimal(units, exponent_);
  const auto seconds =
      static_cast<int64_t>(std::min<uint64_t>(time.seconds, kFarSeconds));
  return SavefileTimeNs(seconds + offset_s_, static_cast<int64_t>(time.ns));
}

}  // namespace ntm
