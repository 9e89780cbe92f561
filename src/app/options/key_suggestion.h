// The valid word that a misspelt one was probably meant to be.
//
// Threads  pure function.
// Source   optimal string alignment distance: insertions, deletions,
//          substitutions and swaps of neighbours count one each.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace ntm {

// The candidate nearest to `word`, the first of several; "" if even that one
// differs in more than half of the word. At most `limit` mistakes are forgiven.
std::string Nearest(std::string_view word,
                    const std::vector<std::string>& candidates,
                    size_t limit = 8);

}  // namespace ntm
