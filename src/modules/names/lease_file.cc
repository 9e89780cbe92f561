#include "lease_file.h"

#include <chrono>
#include <optional>
#include <string>

#include "ntm/base/whole_number.h"
#include "text_lines.h"

namespace ntm::names {
namespace {

using Words = std::vector<std::string_view>;

constexpr int64_t kNever = INT64_MAX;

std::optional<int64_t> NumberOf(std::string_view text) {
  return ParseWholeNumber(text, INT64_MIN, INT64_MAX);
}

std::string_view Without(std::string_view text, char quote_or_stop) {
  if (text.ends_with(quote_or_stop)) text.remove_suffix(1);
  if (text.starts_with(quote_or_stop)) text.remove_prefix(1);
  return text;
}

bool IsDnsmasq(const std::vector<std::string_view>& lines) {
  for (const std::string_view line : lines) {
    const Words words = WordsOf(line);
    if (words.empty() || words[0].starts_with('#')) continue;
    return words[0] == "duid" || NumberOf(words[0]).has_value();
  }
  return false;
}

FoundNames ParseDnsmasq(const std::vector<std::string_view>& lines,
                        int64_t now_seconds) {
  FoundNames found;
  for (const std::string_view line : lines) {
    const Words words = WordsOf(line);
    if (words.size() < 4 || words[3] == "*") continue;
    const auto expiry = NumberOf(words[0]);
    const auto address = ParseAddress(words[2]);
    if (!expiry || !address) continue;
    if (*expiry != 0 && *expiry <= now_seconds) continue;
    found.insert_or_assign(*address, std::string(words[3]));
  }
  return found;
}

// "2026/01/31" and "23:59:58", which dhcpd writes in UTC.
std::optional<int64_t> SecondsOf(std::string_view date, std::string_view time) {
  if (date.size() != 10 || time.size() != 8) return std::nullopt;
  const auto year = NumberOf(date.substr(0, 4));
  const auto month = NumberOf(date.substr(5, 2));
  const auto day = NumberOf(date.substr(8, 2));
  const auto hour = NumberOf(time.substr(0, 2));
  const auto minute = NumberOf(time.substr(3, 2));
  const auto second = NumberOf(time.substr(6, 2));
  if (!year || !month || !day || !hour || !minute || !second) {
    return std::nullopt;
  }
  const std::chrono::year_month_day calendar(
      std::chrono::year(static_cast<int>(*year)),
      std::chrono::month(static_cast<unsigned>(*month)),
      std::chrono::day(static_cast<unsigned>(*day)));
  if (!calendar.ok()) return std::nullopt;
  const int64_t days =
      std::chrono::sys_days(calendar).time_since_epoch().count();
  return days * 86400 + *hour * 3600 + *minute * 60 + *second;
}

// One block "lease ADDRESS { }" of dhcpd, parsed statement by statement.
class IscLease {
 public:
  explicit IscLease(const Address& address) : address_(address) {}

  void Take(const Words& words) {
    if (words.size() >= 2 && words[0] == "ends") TakeEnd(words);
    if (words.size() == 2 && words[0] == "client-hostname") {
      name_ = Without(words[1], '"');
    }
    if (words.size() == 3 && words[0] == "binding" && words[1] == "state") {
      active_ = words[2] == "active";
    }
  }

  void Finish(int64_t now_seconds, FoundNames* found) const {
    if (active_ && ends_seconds_ > now_seconds && !name_.empty()) {
      found->insert_or_assign(address_, name_);
    } else {
      found->erase(address_);
    }
  }

 private:
  // "ends never", "ends epoch 1700000000", "ends 4 2026/01/31 23:59:58".
  void TakeEnd(const Words& words) {
    std::optional<int64_t> end;
    if (words[1] == "never") {
      end = kNever;
    } else if (words.size() == 3) {
      end = NumberOf(words[2]);
    } else if (words.size() == 4) {
      end = SecondsOf(words[2], words[3]);
    }
    ends_seconds_ = end.value_or(0);
  }

  Address address_;
  std::string name_;
  bool active_ = true;
  int64_t ends_seconds_ = kNever;
};

FoundNames ParseIsc(const std::vector<std::string_view>& lines,
                    int64_t now_seconds) {
  FoundNames found;
  std::optional<IscLease> lease;
  for (const std::string_view line : lines) {
    Words words = WordsOf(line.substr(0, line.find('#')));
    if (words.empty()) continue;
    if (words.size() == 3 && words[0] == "lease" && words[2] == "{") {
      const auto address = ParseAddress(words[1]);
      if (address) lease.emplace(*address);
    } else if (words[0] == "}") {
      if (lease) lease->Finish(now_seconds, &found);
      lease.reset();
    } else if (lease) {
      words.back() = Without(words.back(), ';');
      lease->Take(words);
    }
  }
  return found;
}

}  // namespace

FoundNames ParseLeases(std::string_view text, int64_t now_seconds) {
  const std::vector<std::string_view> lines = LinesOf(text);
  return IsDnsmasq(lines) ? ParseDnsmasq(lines, now_seconds)
                          : ParseIsc(lines, now_seconds);
}

}  // namespace ntm::names
