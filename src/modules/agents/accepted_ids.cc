#include "accepted_ids.h"

#include <algorithm>
#include <stdexcept>
#include <string_view>

#include "traffic_update.h"

namespace ntm::agents {
namespace {

bool IsPattern(const std::string& text) {
  return text.find_first_of("*?") != std::string::npos;
}

// On a mismatch the last * takes one character more, so the work is at most
// the product of both lengths.
bool Matches(std::string_view text, std::string_view pattern) {
  size_t at = 0;
  size_t in = 0;
  size_t star = std::string_view::npos;
  size_t star_at = 0;
  while (at < text.size()) {
    if (in < pattern.size() && pattern[in] == '*') {
      star = in++;
      star_at = at;
    } else if (in < pattern.size() &&
               (pattern[in] == '?' || pattern[in] == text[at])) {
      ++in;
      ++at;
    } else if (star != std::string_view::npos) {
      in = star + 1;
      at = ++star_at;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', in) == std::string_view::npos;
}

}  // namespace

AcceptedIds::AcceptedIds(const std::vector<std::string>& patterns)
    : patterns_(patterns) {
  for (const std::string& pattern : patterns) {
    std::string without_signs = pattern;
    std::ranges::replace_if(
        without_signs, [](char c) { return c == '*' || c == '?'; }, 'a');
    if (!IsAgentId(without_signs)) {
      throw std::invalid_argument(
          "'" + pattern +
          "' is not the name of an agent: 1 to 64 of A-Z a-z 0-9 . _ - and, "
          "for a pattern, * or ?");
    }
    if (!IsPattern(pattern)) names_.push_back(pattern);
  }
}

bool AcceptedIds::Takes(const std::string& id) const {
  return IsAgentId(id) && std::ranges::any_of(patterns_, [&](const auto& p) {
           return Matches(id, p);
         });
}

}  // namespace ntm::agents
