// Takes a text apart: its lines, and the words of a line.
//
// Threads  pure functions; the pieces are views of the text.
// Errors   none.
#pragma once

#include <string_view>
#include <vector>

namespace ntm::names {

// Lines without their end (\n or \r\n).
std::vector<std::string_view> LinesOf(std::string_view text);

// What stands between blanks and tabs.
std::vector<std::string_view> WordsOf(std::string_view line);

}  // namespace ntm::names
