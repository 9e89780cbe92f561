#include "log_pattern.h"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <ctime>
#include <stdexcept>
#include <utility>

namespace ntm {
namespace {

constexpr std::array<std::string_view, 5> kFields = {
    "asctime", "name", "levelname", "message", "process"};
constexpr size_t kMaxWidth = 200;

[[noreturn]] void Refuse(std::string_view text) {
  throw std::invalid_argument(
      fmt::format("'{}' is not a log format: text, json, or a pattern with "
                  "%(message)s and optionally %(asctime)s, %(levelname)s, "
                  "%(name)s and %(process)d",
                  text));
}

std::string TimeText(std::chrono::system_clock::time_point time) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
  const auto milliseconds =
      std::chrono::duration_cast<std::chrono::milliseconds>(time - seconds);
  const std::time_t whole = std::chrono::system_clock::to_time_t(seconds);
  std::tm local{};
  localtime_r(&whole, &local);
  return fmt::format("{:%Y-%m-%d %H:%M:%S},{:03}", local, milliseconds.count());
}

std::string Upper(std::string_view text) {
  std::string upper(text);
  std::ranges::transform(upper, upper.begin(), [](unsigned char c) {
    return static_cast<char>(std::toupper(c));
  });
  return upper;
}

}  // namespace

LogPattern::LogPattern(std::string_view text) {
  Part part;
  bool has_message = false;
  for (std::string_view rest = text; !rest.empty();) {
    const bool is_percent = rest.starts_with("%%");
    if (rest.front() == '%' && !is_percent) {
      if (!TakeField(&rest, &part)) Refuse(text);
      has_message = has_message || part.field == "message";
      parts_.push_back(std::exchange(part, Part()));
    } else {
      part.literal += rest.front();
      rest.remove_prefix(is_percent ? 2 : 1);
    }
  }
  if (!has_message) Refuse(text);
  parts_.push_back(part);
}

// "%(name)", optional "-", optional width, "s" or "d".
bool LogPattern::TakeField(std::string_view* rest, Part* part) {
  const size_t end = rest->find(')');
  if (!rest->starts_with("%(") || end == std::string_view::npos) return false;
  part->field = rest->substr(2, end - 2);
  rest->remove_prefix(end + 1);
  part->is_left = rest->starts_with('-');
  if (part->is_left) rest->remove_prefix(1);
  while (!rest->empty() && rest->front() >= '0' && rest->front() <= '9') {
    part->width = part->width * 10 + static_cast<size_t>(rest->front() - '0');
    if (part->width > kMaxWidth) return false;
    rest->remove_prefix(1);
  }
  const bool is_number = part->field == "process" && rest->starts_with('d');
  if (!is_number && !rest->starts_with('s')) return false;
  rest->remove_prefix(1);
  return std::ranges::find(kFields, part->field) != kFields.end();
}

std::string LogPattern::Line(std::chrono::system_clock::time_point time,
                             std::string_view level,
                             std::string_view message) const {
  std::string line;
  for (const Part& part : parts_) {
    line += part.literal;
    std::string value;
    if (part.field == "asctime") {
      value = TimeText(time);
    } else if (part.field == "levelname") {
      value = Upper(level);
    } else if (part.field == "message") {
      value = message;
    } else if (part.field == "name") {
      value = "ntm";
    } else if (part.field == "process") {
      value = std::to_string(getpid());
    }
    const size_t blanks = std::max(part.width, value.size()) - value.size();
    if (!part.is_left) line.append(blanks, ' ');
    line += value;
    if (part.is_left) line.append(blanks, ' ');
  }
  return line;
}

}  // namespace ntm
