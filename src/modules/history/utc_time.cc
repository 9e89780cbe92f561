#include "utc_time.h"

#include <array>
#include <cctype>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <stdexcept>

#include "ntm/base/unix_time.h"

namespace ntm::history {
namespace {

constexpr char kZoneFolder[] = "/usr/share/zoneinfo";

std::string Format(const std::tm& time, const char* format) {
  std::array<char, 64> text{};
  return {text.data(), std::strftime(text.data(), text.size(), format, &time)};
}

std::string FormatUtc(int64_t time_s, const char* format) {
  std::tm time{};
  const auto seconds = static_cast<std::time_t>(time_s);
  gmtime_r(&seconds, &time);
  return Format(time, format);
}

// nullopt unless the whole text matches `format` and is a valid time.
std::optional<std::tm> Scan(const std::string& text, const char* format) {
  std::tm time{};
  const char* end = strptime(text.c_str(), format, &time);
  if (end == nullptr || *end != '\0') return std::nullopt;
  std::tm normal = time;
  timegm(&normal);
  const bool is_real =
      normal.tm_mday == time.tm_mday && normal.tm_mon == time.tm_mon;
  return is_real ? std::optional(time) : std::nullopt;
}

int64_t LocalSeconds(std::tm time) {
  time.tm_isdst = -1;
  return mktime(&time);
}

bool IsNumber(const std::string& text) {
  constexpr size_t kMostDigits = 12;
  if (text.empty() || text.size() > kMostDigits) return false;
  for (const char c : text) {
    if (std::isdigit(static_cast<unsigned char>(c)) == 0) return false;
  }
  return true;
}

}  // namespace

std::string LocalText(int64_t time_s) {
  std::tm time{};
  const auto seconds = static_cast<std::time_t>(time_s);
  localtime_r(&seconds, &time);
  return Format(time, "%Y-%m-%d %H:%M:%S");
}

std::string FileText(int64_t time_s) {
  return FormatUtc(time_s, "%Y%m%dT%H%M%SZ");
}

std::optional<int64_t> ParseTime(const std::string& text) {
  if (IsNumber(text)) return std::stoll(text);
  if (const auto day = Scan(text, "%Y-%m-%d")) return LocalSeconds(*day);
  for (const char* format :
       {"%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%d %H:%M:%S",
        "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%MZ", "%Y-%m-%d %H:%M"}) {
    if (auto time = Scan(text, format)) return timegm(&*time);
  }
  return std::nullopt;
}

std::optional<Period> ParseDay(const std::string& text) {
  auto day = Scan(text, "%Y-%m-%d");
  if (!day) return std::nullopt;
  Period period;
  period.from_s = LocalSeconds(*day);
  ++day->tm_mday;
  period.to_s = LocalSeconds(*day);
  return period;
}

std::string CheckedTimeZone(const std::string& name) {
  const bool is_utc = name == "UTC";
  const std::filesystem::path file = std::filesystem::path(kZoneFolder) / name;
  std::error_code error;
  if (!is_utc && (name.empty() || name.front() == '/' ||
                  name.find("..") != std::string::npos ||
                  !std::filesystem::is_regular_file(file, error))) {
    throw std::invalid_argument(
        "'" + name +
        "' is not a time zone of this machine; a valid one is Europe/Rome; "
        "time zones are in the package tzdata");
  }
  return name;
}

void UseTimeZone(const std::string& name) {
  setenv("TZ", name == "UTC" ? "UTC0" : name.c_str(), 1);
  tzset();
}

int64_t NowSeconds() { return WallTimeNs() / kNsPerSecond; }

}  // namespace ntm::history
