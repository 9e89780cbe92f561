// Splits a text into lines, and a line into words.
//
// Threads  pure functions; the pieces are views of the text.
// Errors   none.
#pragma once

#include <string_view>
#include <vector>

namespace ntm::names {

// Lines without their terminator (\n or \r\n).
std::vector<std::string_view> LinesOf(std::string_view text);

// The words between spaces and tabs.
std::vector<std::string_view> WordsOf(std::string_view line);

}  // namespace ntm::names
