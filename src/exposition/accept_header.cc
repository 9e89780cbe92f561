#include "ntm/exposition/accept_header.h"

#include <algorithm>
#include <cstddef>

#include "ntm/base/ascii.h"

namespace ntm {
namespace {

constexpr int kFullQuality = 1000;

constexpr std::string_view kOptionalWhitespace = " \t";

// Removes and returns the text before the next `separator` outside of quotes.
std::string_view TakeElement(std::string_view* rest, char separator) {
  bool quoted = false;
  size_t end = 0;
  for (; end < rest->size(); ++end) {
    const char c = (*rest)[end];
    if (c == '"') {
      quoted = !quoted;
    } else if (c == '\\' && quoted) {
      ++end;
    } else if (c == separator && !quoted) {
      break;
    }
  }
  end = std::min(end, rest->size());
  const std::string_view part = rest->substr(0, end);
  rest->remove_prefix(std::min(end + 1, rest->size()));
  return Trimmed(part, kOptionalWhitespace);
}

std::string_view Unquoted(std::string_view value) {
  if (value.size() >= 2 && value.front() == '"' && value.back() == '"') {
    return value.substr(1, value.size() - 2);
  }
  return value;
}

// ( "0" [ "." 0*3DIGIT ] ) / ( "1" [ "." 0*3("0") ] ); anything else is 0.
int ParseQuality(std::string_view text) {
  if (text.empty() || (text[0] != '0' && text[0] != '1') || text.size() > 5 ||
      (text.size() > 1 && text[1] != '.')) {
    return 0;
  }
  int quality = (text[0] - '0') * kFullQuality;
  int digit_worth = kFullQuality / 10;
  for (const char c : text.substr(std::min<size_t>(2, text.size()))) {
    if (!IsDigit(c)) {
      return 0;
    }
    quality += (c - '0') * digit_worth;
    digit_worth /= 10;
  }
  return quality > kFullQuality ? 0 : quality;
}

}  // namespace

bool EqualsIgnoringCase(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return LowerCase(c); };
  return std::ranges::equal(a, b, {}, lower, lower);
}

std::optional<std::string_view> AcceptRange::Parameter(
    std::string_view wanted) const {
  for (const auto& [own_name, value] : parameters) {
    if (EqualsIgnoringCase(own_name, wanted)) {
      return value;
    }
  }
  return std::nullopt;
}

std::vector<AcceptRange> ParseAccept(std::string_view header) {
  std::vector<AcceptRange> ranges;
  while (!header.empty()) {
    std::string_view rest = TakeElement(&header, ',');
    AcceptRange range;
    range.name = TakeElement(&rest, ';');
    while (!rest.empty()) {
      std::string_view value = TakeElement(&rest, ';');
      const std::string_view name = TakeElement(&value, '=');
      value = Unquoted(Trimmed(value, kOptionalWhitespace));
      if (EqualsIgnoringCase(name, "q")) {
        range.quality = ParseQuality(value);
      } else if (!name.empty()) {
        range.parameters.emplace_back(name, value);
      }
    }
    if (!range.name.empty()) {
      ranges.push_back(std::move(range));
    }
  }
  return ranges;
}

}  // namespace ntm
