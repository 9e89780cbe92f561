// Finds the place of a mistake in a tcpdump filter.
//
// libpcap says what is wrong, but not where. The parser fails at the first word
// after which no continuation could be right; this asks the parser itself by
// compiling ever longer beginnings, each with a few usual continuations.
// Used once, on the way out; not fast.
#pragma once

#include <functional>
#include <string>

namespace ntm {

// The 1-based column of the mistake. `compiles` says whether libpcap takes an
// expression; `message` is what it said of the whole.
size_t FilterErrorColumn(
    const std::string& expression, const std::string& message,
    const std::function<bool(const std::string&)>& compiles);

}  // namespace ntm
