#include "ntm/base/shown_units.h"

#include <fmt/format.h>

#include <array>
#include <stdexcept>

namespace ntm {
namespace {

constexpr double kBitsPerShownByte = 8;

constexpr double kStep = 1000;
// What is rounded to 1000 is shown in the next unit.
constexpr double kShownAsThousand = 999.5;

ShownUnits shown_units = ShownUnits::kBytes;

// Never 0, because that would say that there is nothing.
std::string FewText(double number) {
  constexpr double kWithoutDecimals = 9.95;
  constexpr double kLeast = 0.05;
  if (number < kLeast) return "<0.1";
  return number < kWithoutDecimals ? fmt::format("{:.1f}", number)
                                   : fmt::format("{:.0f}", number);
}

}  // namespace

ShownUnits ParseShownUnits(const std::string& text) {
  if (text == "bytes") return ShownUnits::kBytes;
  if (text == "bits") return ShownUnits::kBits;
  throw std::invalid_argument("'" + text + "' is neither bits nor bytes");
}

void SetShownUnits(ShownUnits units) noexcept { shown_units = units; }
ShownUnits GetShownUnits() noexcept { return shown_units; }

std::string RateText(double bytes_per_second) {
  return RateText(bytes_per_second, shown_units);
}

std::string RateText(double bytes_per_second, ShownUnits units) {
  constexpr std::array kBytes = {"KB/s", "MB/s", "GB/s"};
  constexpr std::array kBits = {"kbit/s", "Mbit/s", "Gbit/s"};
  const bool is_bits = units == ShownUnits::kBits;
  double rate = bytes_per_second * (is_bits ? kBitsPerShownByte : 1);
  if (rate <= 0) return is_bits ? "0 kbit/s" : "0 KB/s";
  if (rate < kShownAsThousand) {
    return FewText(rate) + (is_bits ? " bit/s" : " B/s");
  }
  rate /= kStep;
  size_t unit = 0;
  for (; rate >= kStep && unit + 1 < kBytes.size(); ++unit) rate /= kStep;
  return fmt::format("{:.1f} {}", rate, is_bits ? kBits[unit] : kBytes[unit]);
}

std::string AmountText(double bytes) {
  constexpr std::array kUnits = {"KB", "MB", "GB", "TB", "PB"};
  if (bytes <= 0) return "0 KB";
  if (bytes < kShownAsThousand) return FewText(bytes) + " B";
  double amount = bytes / kStep;
  size_t unit = 0;
  for (; amount >= kStep && unit + 1 < kUnits.size(); ++unit) amount /= kStep;
  return fmt::format("{:.1f} {}", amount, kUnits[unit]);
}

}  // namespace ntm
