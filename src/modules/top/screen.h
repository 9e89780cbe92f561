// Draws what a terminal shows, into a buffer of lines.
//
// Units    columns and rows of the terminal.
// Shape    exactly as many lines as the terminal has rows, none wider than it.
//          Where there is little room the graph goes first, then the table.
// Threads  pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "clean_text.h"
#include "moment.h"
#include "rate_graph.h"
#include "table.h"
#include "view.h"

namespace ntm::top {

enum class Look : uint8_t {
  kPlain,
  kFaint,
  kStrong,
  kBar,   // titles, reversed
  kDown,  // colours of the page
  kUp,
  kBad,
};

struct Piece {
  std::string text;
  Look look = Look::kPlain;
};
using Line = std::vector<Piece>;

struct ScreenSize {
  size_t columns = 80;
  size_t rows = 24;
};

struct ScreenContents {
  std::string where;  // which ntm it is
  std::string fault;  // why there is nothing new; "": there is
  const Moment& moment;
  const RateHistory& down;
  const RateHistory& up;
};

struct Screen {
  std::vector<Line> lines;
  Shown shown;  // for the next key
};

Screen Draw(const ScreenContents& contents, const Choices& choices,
            ScreenSize size, Charset charset);

// A table for a pipe or a page: as wide as its texts, or cut to `columns` if
// that is not 0. Each line ends with a newline.
std::string PlainTable(const Table& table, size_t columns, Charset charset);

// The whole of a view so, as chosen.
std::string PlainView(const Moment& moment, const Choices& choices,
                      size_t columns, Charset charset);

// The text of a line without its looks.
std::string TextOf(const Line& line);

}  // namespace ntm::top
