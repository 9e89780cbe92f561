#include "hosts_file.h"

#include "text_lines.h"

namespace ntm::names {

FoundNames ParseHosts(std::string_view text) {
  FoundNames found;
  for (const std::string_view line : LinesOf(text)) {
    const auto words = WordsOf(line.substr(0, line.find('#')));
    if (words.size() < 2) continue;
    const auto address = ParseAddress(words[0]);
    if (!address || address->bytes == Address().bytes) continue;
    found.try_emplace(*address, words[1]);
  }
  return found;
}

}  // namespace ntm::names
