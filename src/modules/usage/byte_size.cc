#include "byte_size.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <stdexcept>
#include <string_view>

#include "ntm/base/ascii.h"

namespace ntm::usage {
namespace {

constexpr double kMaxBytes = 9e18;
constexpr std::string_view kPrefixes = "kmgtp";

// Returns 0 for an unknown unit.
double UnitOf(std::string_view unit) {
  unit.remove_prefix(std::min(unit.find_first_not_of(' '), unit.size()));
  const std::string name = LowerCase(unit);
  if (name.empty() || name == "b") return 1;
  const size_t prefix = kPrefixes.find(name[0]);
  if (prefix == std::string_view::npos) return 0;
  const auto power = static_cast<double>(prefix + 1);
  const std::string rest = name.substr(1);
  if (rest.empty() || rest == "b") return std::pow(1000.0, power);
  return rest == "ib" ? std::pow(1024.0, power) : 0;
}

}  // namespace

uint64_t ParseByteSize(const std::string& text) {
  double number = 0;
  const char* end = text.data() + text.size();
  const auto [rest, error] =
      std::from_chars(text.data(), end, number, std::chars_format::fixed);
  const double unit = UnitOf({rest, static_cast<size_t>(end - rest)});
  const double bytes = number * unit;
  const bool is_none = number == 0 && unit > 0;
  if (error != std::errc() || (!is_none && !(bytes >= 1)) ||
      !(bytes <= kMaxBytes)) {
    throw std::invalid_argument("'" + text +
                                "' is not a size such as 500GB, 1.5TB or 2TiB");
  }
  return static_cast<uint64_t>(std::llround(bytes));
}

}  // namespace ntm::usage
