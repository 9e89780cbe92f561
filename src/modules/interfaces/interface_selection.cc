#include "interface_selection.h"

#include <algorithm>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace ntm::interfaces {
namespace {

// A bound, since containers create ever new names.
constexpr size_t kRemembered = 1024;

std::regex PatternOf(const std::string& text) {
  try {
    return std::regex(text, std::regex::ECMAScript | std::regex::optimize);
  } catch (const std::regex_error&) {
    throw std::invalid_argument("'" + text + "' is not a regular expression");
  }
}

void Split(const std::string& value, std::vector<std::string>* words) {
  constexpr std::string_view kOpening = "([{";
  constexpr std::string_view kClosing = ")]}";
  std::string word;
  int depth = 0;
  const auto end_word = [&word, words] {
    if (!word.empty()) words->push_back(std::move(word));
    word.clear();
  };
  for (size_t i = 0; i < value.size(); ++i) {
    const char c = value[i];
    if (c == '\\' && i + 1 < value.size()) {
      word += c;
      word += value[++i];
      continue;
    }
    if (c == ',' && depth == 0) {
      end_word();
      continue;
    }
    if (kOpening.find(c) != std::string_view::npos) ++depth;
    if (kClosing.find(c) != std::string_view::npos && depth > 0) --depth;
    word += c;
  }
  end_word();
}

}  // namespace

InterfaceSelection::InterfaceSelection(std::vector<std::string> names,
                                       const std::vector<std::string>& excluded)
    : names_(std::move(names)) {
  for (const std::string& text : excluded) {
    excluded_.push_back(PatternOf(text));
  }
}

bool InterfaceSelection::Takes(const std::string& name) const {
  if (decided_.size() >= kRemembered) decided_.clear();
  const auto [entry, is_new] = decided_.try_emplace(name, false);
  if (is_new) entry->second = Decide(name);
  return entry->second;
}

bool InterfaceSelection::Decide(const std::string& name) const {
  if (!names_.empty()) return std::ranges::find(names_, name) != names_.end();
  return std::ranges::none_of(excluded_, [&name](const std::regex& pattern) {
    return std::regex_search(name, pattern);
  });
}

std::vector<std::string> SplitPatterns(const std::vector<std::string>& values) {
  std::vector<std::string> words;
  for (const std::string& value : values) Split(value, &words);
  return words;
}

}  // namespace ntm::interfaces
