// Makes texts from the network safe for a terminal, and measures and cuts them.
//
// Shape    valid UTF-8 without control characters, escape sequences, characters
//          that change the direction of writing, and marks without a width of
//          their own. What is not shown is "?". Where the terminal has no
//          UTF-8, everything beyond ASCII is "?".
// Units    columns of the terminal; most East Asian characters take two.
// Threads  pure functions.
// Source   RFC 3629 (UTF-8), UAX #11 (East Asian width).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace ntm::top {

enum class Charset { kUtf8, kAscii };

std::string CleanText(std::string_view text, Charset charset);

// The following take results of CleanText().
size_t ColumnsOf(std::string_view text);

// At most `columns` wide; the last character is then an ellipsis.
std::string Cut(std::string_view text, size_t columns, Charset charset);

// Exactly `columns` wide.
std::string FillRight(std::string_view text, size_t columns, Charset charset);
std::string FillLeft(std::string_view text, size_t columns, Charset charset);

}  // namespace ntm::top
