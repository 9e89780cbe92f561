#include "time_zone.h"

#include <cctype>
#include <cstdlib>
#include <filesystem>
#include <string_view>
#include <system_error>

namespace ntm {
namespace {

constexpr char kDefaultFolder[] = "/usr/share/zoneinfo";

bool IsLetter(char c) { return std::isalpha(static_cast<unsigned char>(c)); }

// "CET-1CEST,M3.5.0,M10.5.0/3", "<+0330>-3:30": a name of three letters or
// more, or one in brackets, then an offset.
bool IsPosixZone(std::string_view text) {
  size_t at = 0;
  if (text.starts_with('<')) {
    at = text.find('>');
    if (at == std::string_view::npos) return false;
    ++at;
  } else {
    while (at < text.size() && IsLetter(text[at])) ++at;
    if (at < 3) return false;
  }
  if (at < text.size() && (text[at] == '+' || text[at] == '-')) ++at;
  return at < text.size() &&
         std::isdigit(static_cast<unsigned char>(text[at])) != 0;
}

bool IsFile(const std::filesystem::path& path) {
  std::error_code error;
  return std::filesystem::is_regular_file(path, error);
}

}  // namespace

std::string TimeZoneComplaint(const char* tz) {
  if (tz == nullptr) return "";
  std::string name(tz);
  if (name.starts_with(':')) name.erase(0, 1);
  // These need no file, or mean UTC if their file does not exist.
  if (name.empty() || name == "UTC" || name == "GMT" ||
      name == "/etc/localtime" || IsPosixZone(name)) {
    return "";
  }
  const char* folder = std::getenv("TZDIR");
  if (folder == nullptr || *folder == '\0') folder = kDefaultFolder;
  // operator/ keeps an absolute name as it is.
  if (IsFile(std::filesystem::path(folder) / name)) return "";
  return "TZ: '" + std::string(tz) +
         "' is not a time zone of this machine (an example is Europe/Rome), so "
         "times are in UTC; the package tzdata has the time zones";
}

}  // namespace ntm
