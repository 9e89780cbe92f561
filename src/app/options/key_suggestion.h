// Finds the valid word that a misspelt word probably means.
//
// Threads  pure function.
// Source   optimal string alignment distance: an insertion, deletion,
//          substitution or swap of adjacent characters counts as one.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace ntm {

// The candidate with the smallest distance to `word`, the first one of several;
// "" if that distance is more than half the length of `word`, or more than
// `limit`.
std::string Nearest(std::string_view word,
                    const std::vector<std::string>& candidates,
                    size_t limit = 8);

}  // namespace ntm
