// The view of the network's health above its table: what is wrong, in
// sentences, and the figures of the last minute.
//
// Shape    two blocks of figures, side by side where there is room. No line is
//          wider than `columns`; 0: nothing is cut or broken.
// Threads  pure functions.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "clean_text.h"
#include "moment.h"

namespace ntm::top {

// The findings, broken at spaces; those that need more than `rows` lines are
// left out, which the last line says.
std::vector<std::string> FindingLines(const Health& health, size_t columns,
                                      size_t rows, Charset charset);

std::vector<std::string> FigureLines(const Health& health, size_t columns,
                                     Charset charset);

// "21 ms", "1.2 ms"; "-" if it is not known.
std::string MsText(const std::optional<double>& seconds);
// "2.1 %"; "-" of nothing.
std::string ShareText(double part, double whole);
// "12000", "4812k", "48.1M".
std::string CountText(double count);

}  // namespace ntm::top
