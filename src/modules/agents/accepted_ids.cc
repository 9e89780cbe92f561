#include "accepted_ids.h"

#include <fnmatch.h>

#include <algorithm>
#include <stdexcept>

#include "traffic_update.h"

namespace ntm::agents {
namespace {

bool IsPattern(const std::string& text) {
  return text.find_first_of("*?") != std::string::npos;
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
           return fnmatch(p.c_str(), id.c_str(), 0) == 0;
         });
}

}  // namespace ntm::agents
