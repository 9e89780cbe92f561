#include "filter_error.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>
#include <vector>

namespace ntm {
namespace {

struct Word {
  size_t begin;
  size_t end;
};

// Words as pcap-filter(7) separates them: runs of letters, digits, dots,
// colons, slashes, hyphens; every other character stands for itself.
std::vector<Word> Words(const std::string& expression) {
  const auto in_word = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
           std::string_view("._:/-\\").find(c) != std::string_view::npos;
  };
  std::vector<Word> words;
  for (size_t i = 0; i < expression.size();) {
    if (std::isspace(static_cast<unsigned char>(expression[i])) != 0) {
      ++i;
      continue;
    }
    size_t end = i + 1;
    if (in_word(expression[i])) {
      while (end < expression.size() && in_word(expression[end])) ++end;
    } else if (std::string_view("<>=!&|").find(expression[i]) !=
               std::string_view::npos) {
      while (end < expression.size() &&
             std::string_view("=&|<>").find(expression[end]) !=
                 std::string_view::npos) {
        ++end;
      }
    }
    words.push_back({i, end});
    i = end;
  }
  return words;
}

// Returns true iff some usual continuation makes `beginning` right.
bool CanGoOn(const std::string& beginning,
             const std::function<bool(const std::string&)>& compiles) {
  static constexpr std::array<std::string_view, 14> kContinuations = {
      "",          " tcp",
      " 1",        " 192.0.2.1",
      " port 1",   " 1-2",
      " host ::1", " net 10",
      " 0 = 0",    "] = 0",
      " 1] = 0",   " = 0",
      " proto 6",  " 00:00:00:00:00:00"};
  const auto open = std::ranges::count(beginning, '(');
  const auto closed = std::ranges::count(beginning, ')');
  const std::string brackets(
      static_cast<size_t>(std::max<std::ptrdiff_t>(open - closed, 0)), ')');
  return std::ranges::any_of(kContinuations, [&](std::string_view next) {
    return compiles(beginning + std::string(next) + brackets);
  });
}

// Where the word that libpcap quotes ('nosuch') stands, or npos.
size_t QuotedWord(const std::string& expression, const std::string& message) {
  const size_t begin = message.find('\'');
  const size_t end = message.rfind('\'');
  if (begin == std::string::npos || end <= begin + 1) return std::string::npos;
  return expression.find(message.substr(begin + 1, end - begin - 1));
}

}  // namespace

size_t FilterErrorColumn(
    const std::string& expression, const std::string& message,
    const std::function<bool(const std::string&)>& compiles) {
  const size_t quoted = QuotedWord(expression, message);
  if (quoted != std::string::npos) return quoted + 1;
  for (const Word& word : Words(expression)) {
    if (!CanGoOn(expression.substr(0, word.end), compiles)) {
      return word.begin + 1;
    }
  }
  return expression.size() + 1;  // it ends too early
}

}  // namespace ntm
