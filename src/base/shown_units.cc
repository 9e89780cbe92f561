#include "ntm/base/shown_units.h"

#include <fmt/format.h>

#include <array>
#include <stdexcept>

namespace ntm {
namespace {

constexpr double kBitsPerShownByte = 8;

ShownUnits shown_units = ShownUnits::kBytes;

}  // namespace

ShownUnits ParseShownUnits(const std::string& text) {
  if (text == "bytes") return ShownUnits::kBytes;
  if (text == "bits") return ShownUnits::kBits;
  throw std::invalid_argument("'" + text + "' is neither bits nor bytes");
}

void SetShownUnits(ShownUnits units) noexcept { shown_units = units; }
ShownUnits GetShownUnits() noexcept { return shown_units; }

std::string RateText(double bytes_per_second) {
  constexpr std::array kBytes = {"KB/s", "MB/s", "GB/s"};
  constexpr std::array kBits = {"kbit/s", "Mbit/s", "Gbit/s"};
  constexpr double kStep = 1000;
  const bool is_bits = shown_units == ShownUnits::kBits;
  double rate = bytes_per_second * (is_bits ? kBitsPerShownByte : 1) / kStep;
  size_t unit = 0;
  for (; rate >= kStep && unit + 1 < kBytes.size(); ++unit) rate /= kStep;
  return fmt::format("{:.1f} {}", rate, is_bits ? kBits[unit] : kBytes[unit]);
}

}  // namespace ntm
