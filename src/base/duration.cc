#include "ntm/base/duration.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string_view>
#include <system_error>

namespace ntm {
namespace {

struct TimeUnit {
  std::string_view name;
  uint64_t ms;
};
constexpr std::array<TimeUnit, 5> kTimeUnits = {{{"d", 86'400'000},
                                                 {"h", 3'600'000},
                                                 {"m", 60'000},
                                                 {"s", 1000},
                                                 {"ms", 1}}};

// In the largest unit that leaves a whole number.
std::string DurationText(uint64_t ms) {
  const auto* unit = std::find_if(
      kTimeUnits.begin(), kTimeUnits.end(),
      [ms](const TimeUnit& u) { return ms >= u.ms && ms % u.ms == 0; });
  if (unit == kTimeUnits.end()) return "0s";
  return std::to_string(ms / unit->ms) + std::string(unit->name);
}

[[noreturn]] void Refuse(const std::string& text, const std::string& wanted) {
  throw std::invalid_argument("'" + text + "' is not " + wanted);
}

}  // namespace

std::chrono::milliseconds ParseDuration(const std::string& text,
                                        std::chrono::milliseconds min,
                                        std::chrono::milliseconds max) {
  const auto number_of = [](std::chrono::milliseconds time) {
    return static_cast<uint64_t>(time.count());
  };
  const char* end = text.data() + text.size();
  uint64_t number = 0;
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  const bool has_number = error == std::errc();
  const std::string_view rest(stop, static_cast<size_t>(end - stop));
  const auto* unit =
      std::find_if(kTimeUnits.begin(), kTimeUnits.end(),
                   [&rest](const TimeUnit& u) { return u.name == rest; });
  if (!has_number || unit == kTimeUnits.end()) {
    Refuse(text, "a duration: a whole number with ms, s, m, h or d, as in 15s");
  }
  if (number > number_of(max) / unit->ms ||
      number * unit->ms < number_of(min)) {
    Refuse(text, "a duration from " + DurationText(number_of(min)) + " to " +
                     DurationText(number_of(max)));
  }
  return std::chrono::milliseconds(number * unit->ms);
}

}  // namespace ntm
