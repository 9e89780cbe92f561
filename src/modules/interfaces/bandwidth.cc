#include "bandwidth.h"

#include <array>
#include <charconv>
#include <stdexcept>
#include <string_view>

#include "ntm/base/ascii.h"

namespace ntm::interfaces {
namespace {

constexpr double kMost = 1e15;

std::string Lower(std::string_view text) {
  std::string lower;
  for (const char c : text) {
    if (c != ' ') {
      lower += LowerCase(c);
    }
  }
  return lower;
}

}  // namespace

uint64_t ParseBandwidth(const std::string& text) {
  const auto refuse = [&text](const char* why) {
    throw std::invalid_argument("'" + text + "' " + why);
  };
  double number = 0;
  const char* end = text.data() + text.size();
  const auto [rest, error] =
      std::from_chars(text.data(), end, number, std::chars_format::fixed);
  if (error != std::errc()) {
    refuse("is not a bandwidth; expected bits per second, as in 100M or 1G");
  }
  const std::string_view unit(rest, static_cast<size_t>(end - rest));
  if (unit.find('B') != std::string_view::npos) {
    refuse("is in bytes; expected bits per second, as in 100M or 1G");
  }
  std::string letters = Lower(unit);
  constexpr std::string_view kPrefixes = "kmgt";
  const size_t power =
      letters.empty() ? std::string_view::npos : kPrefixes.find(letters[0]);
  if (power != std::string_view::npos) {
    for (size_t i = 0; i <= power; ++i) number *= 1000;
    letters.erase(0, 1);
  }
  if (!letters.empty() && letters != "bit" && letters != "bit/s" &&
      letters != "bps") {
    refuse("has an unknown unit; expected k, M, G or T bit/s");
  }
  if (!(number >= 1) || number > kMost) refuse("is out of range");
  return static_cast<uint64_t>(number);
}

}  // namespace ntm::interfaces
