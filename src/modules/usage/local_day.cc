#include "local_day.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <ctime>

namespace ntm::usage {
namespace {

constexpr int kFirstYear = 1970;
constexpr int kTmYear = 1900;

// `month` and `day` may be past the end of the year or month.
int64_t Begin(int year, int month, int day) {
  std::tm time{};
  time.tm_year = year - kTmYear;
  time.tm_mon = month - 1;
  time.tm_mday = day;
  time.tm_isdst = -1;
  return mktime(&time);
}

std::tm Local(int64_t time_s) {
  std::tm time{};
  const auto seconds = static_cast<std::time_t>(time_s);
  localtime_r(&seconds, &time);
  return time;
}

Span Day(int year, int month, int day) {
  return {fmt::format("{:04}-{:02}-{:02}", year, month, day),
          Begin(year, month, day), Begin(year, month, day + 1)};
}

Span Month(int year, int month, int billing_day) {
  return {fmt::format("{:04}-{:02}", year, month),
          Begin(year, month, billing_day), Begin(year, month + 1, billing_day)};
}

// True for "2026-01-31" with the shape "dddd-dd-dd".
bool HasShape(const std::string& text, const std::string& shape) {
  return std::ranges::equal(text, shape, [](char c, char s) {
    return s == 'd' ? std::isdigit(static_cast<unsigned char>(c)) != 0 : c == s;
  });
}

}  // namespace

Span DayOf(int64_t time_s) {
  const std::tm time = Local(time_s);
  return Day(time.tm_year + kTmYear, time.tm_mon + 1, time.tm_mday);
}

std::optional<Span> ParseDay(const std::string& text) {
  if (!HasShape(text, "dddd-dd-dd")) return std::nullopt;
  const int year = std::stoi(text.substr(0, 4));
  if (year < kFirstYear) return std::nullopt;
  Span day = Day(year, std::stoi(text.substr(5, 2)), std::stoi(text.substr(8)));
  // Refuses February 31.
  if (DayOf(day.from_s).name != text) return std::nullopt;
  return day;
}

Span WeekOf(int64_t time_s) {
  constexpr int kDaysOfWeek = 7;
  const std::tm time = Local(time_s);
  const int year = time.tm_year + kTmYear;
  // tm_wday is 0 on Sunday.
  const int monday =
      time.tm_mday - (time.tm_wday + kDaysOfWeek - 1) % kDaysOfWeek;
  Span week = DayOf(Begin(year, time.tm_mon + 1, monday));
  week.to_s = Begin(year, time.tm_mon + 1, monday + kDaysOfWeek);
  return week;
}

Span MonthOf(int64_t time_s, int billing_day) {
  const std::tm time = Local(time_s);
  int month = time.tm_mon + 1;
  int year = time.tm_year + kTmYear;
  if (time.tm_mday < billing_day && --month == 0) {
    month = 12;
    --year;
  }
  return Month(year, month, billing_day);
}

std::optional<Span> ParseMonth(const std::string& text, int billing_day) {
  if (!HasShape(text, "dddd-dd")) return std::nullopt;
  const int year = std::stoi(text.substr(0, 4));
  const int month = std::stoi(text.substr(5));
  if (year < kFirstYear || month < 1 || month > 12) return std::nullopt;
  return Month(year, month, billing_day);
}

}  // namespace ntm::usage
