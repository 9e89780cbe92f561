#include "host_quota.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <stdexcept>
#include <string_view>

#include "byte_size.h"
#include "ntm/base/ascii.h"

namespace ntm::usage {
namespace {

constexpr size_t kMacTextLength = 17;
constexpr size_t kMaxNameLength = 253;

bool IsMac(std::string_view text) {
  if (text.size() != kMacTextLength) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (i % 3 == 2 ? c != ':' : std::isxdigit(c) == 0) return false;
  }
  return true;
}

bool IsHostName(std::string_view text) {
  return !text.empty() && text.size() <= kMaxNameLength &&
         std::ranges::all_of(text, [](unsigned char c) {
           return std::isalnum(c) != 0 || c == '-' || c == '_' || c == '.';
         });
}

QuotaPeriod ParsePeriod(const std::string& text) {
  for (const auto period :
       {QuotaPeriod::kDay, QuotaPeriod::kWeek, QuotaPeriod::kMonth}) {
    if (text == NameOf(period)) return period;
  }
  throw std::invalid_argument("'" + text + "' is not day, week or month");
}

}  // namespace

const char* NameOf(QuotaPeriod period) noexcept {
  switch (period) {
    case QuotaPeriod::kDay:
      return "day";
    case QuotaPeriod::kWeek:
      return "week";
    case QuotaPeriod::kMonth:
      break;
  }
  return "month";
}

HostQuota ParseHostQuota(const std::string& text) {
  const size_t equals = text.rfind('=');
  const size_t slash = text.rfind('/');
  if (equals == std::string::npos || slash == std::string::npos ||
      slash < equals) {
    throw std::invalid_argument(
        "'" + text +
        "' is not a host and its quota such as tablet=5GB/day or "
        "192.168.1.7=50GB/month");
  }
  HostQuota quota;
  quota.host = LowerCase(text.substr(0, equals));
  quota.bytes = ParseByteSize(text.substr(equals + 1, slash - equals - 1));
  if (quota.bytes == 0) {
    throw std::invalid_argument("'" + text + "': a quota of 0 bytes");
  }
  quota.period = ParsePeriod(text.substr(slash + 1));
  quota.network = ParseNetwork(quota.host);
  if (quota.network) return quota;
  if (IsMac(quota.host)) {
    quota.mac = quota.host;
  } else if (IsHostName(quota.host)) {
    quota.name = quota.host;
  } else {
    throw std::invalid_argument(
        "'" + text.substr(0, equals) +
        "' is not a host's name, hardware address, address or network");
  }
  return quota;
}

std::vector<HostQuota> ParseHostQuotas(const std::vector<std::string>& words) {
  if (words.size() > HostQuota::kMost) {
    throw std::invalid_argument(fmt::format("{} quotas are more than {}",
                                            words.size(), HostQuota::kMost));
  }
  std::vector<HostQuota> quotas;
  for (const std::string& word : words) {
    HostQuota quota = ParseHostQuota(word);
    const bool is_twice = std::ranges::any_of(quotas, [&](const auto& other) {
      return other.host == quota.host && other.period == quota.period;
    });
    if (is_twice) {
      throw std::invalid_argument(fmt::format(
          "'{}' has two quotas per {}", quota.host, NameOf(quota.period)));
    }
    quotas.push_back(std::move(quota));
  }
  return quotas;
}

bool IsNamed(const HostQuota& quota, const std::string& name) {
  if (quota.name.empty() || !name.starts_with(quota.name)) return false;
  const bool is_short = quota.name.find('.') == std::string::npos;
  return name.size() == quota.name.size() ||
         (is_short && name[quota.name.size()] == '.');
}

}  // namespace ntm::usage
