#include "env_file.h"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string_view>

#include "ntm/base/error.h"

namespace ntm {
namespace {

constexpr std::string_view kBlanks = " \t\r";

std::string_view Trimmed(std::string_view text) {
  const size_t begin = text.find_first_not_of(kBlanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlanks) - begin + 1);
}

bool IsName(std::string_view text) {
  const auto is_letter = [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
  };
  return !text.empty() && is_letter(text.front()) &&
         std::ranges::all_of(text, [&is_letter](char c) {
           return is_letter(c) || (c >= '0' && c <= '9');
         });
}

char Unescaped(char c) {
  if (c == 'n') return '\n';
  return c == 't' ? '\t' : c;
}

// The text after "NAME=", trimmed.
class Value {
 public:
  explicit Value(std::string_view text) : text_(text) {}

  // Removes quotes, escapes and comments; returns false iff it is malformed.
  bool Read(std::string* value) const {
    if (text_.empty() || (text_.front() != '"' && text_.front() != '\'')) {
      const size_t comment = text_.find(" #");
      *value = Trimmed(text_.substr(0, comment));
      return true;
    }
    const char quote = text_.front();
    size_t at = 1;
    for (; at < text_.size() && text_[at] != quote; ++at) {
      const bool escapes = quote == '"' && text_[at] == '\\';
      if (escapes && ++at == text_.size()) return false;
      *value += escapes ? Unescaped(text_[at]) : text_[at];
    }
    if (at >= text_.size()) return false;
    const std::string_view rest = Trimmed(text_.substr(at + 1));
    return rest.empty() || rest.front() == '#';
  }

 private:
  std::string_view text_;
};

}  // namespace

EnvVariables ParseEnvFile(const std::string& text, const std::string& path) {
  EnvVariables variables;
  std::istringstream lines(text);
  int number = 0;
  for (std::string whole; std::getline(lines, whole);) {
    ++number;
    std::string_view line = Trimmed(whole);
    if (line.empty() || line.front() == '#') continue;
    constexpr std::string_view kExport = "export ";
    if (line.starts_with(kExport)) line = Trimmed(line.substr(kExport.size()));
    const size_t equals = line.find('=');
    const std::string_view name = Trimmed(line.substr(0, equals));
    std::string value;
    if (equals == std::string_view::npos || !IsName(name) ||
        !Value(Trimmed(line.substr(equals + 1))).Read(&value)) {
      throw Error(path + ":" + std::to_string(number) +
                  ": expected NAME=value, with quotes in pairs");
    }
    variables.emplace_back(name, std::move(value));
  }
  return variables;
}

EnvVariables ReadEnvFile(const std::string& path) {
  std::ifstream file(path);
  const std::string text((std::istreambuf_iterator<char>(file)),
                         std::istreambuf_iterator<char>());
  if (!file) {
    throw Error("cannot read " + path + ": " + std::strerror(errno) +
                "; --env-file needs a file with NAME=value lines");
  }
  return ParseEnvFile(text, path);
}

void PutIntoEnvironment(const EnvVariables& variables) {
  for (const auto& [name, value] : variables) {
    constexpr int kDoNotOverwrite = 0;
    setenv(name.c_str(), value.c_str(), kDoNotOverwrite);
  }
}

}  // namespace ntm
