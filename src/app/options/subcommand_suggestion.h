// For who types `ntm histroy` or `ntm top`, which libpcap would call a syntax
// error.
//
// Threads  main thread, at the start.
// Errors   throws ntm::Error, exit code 2, with what may be meant.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "ntm/module/command_line.h"
#include "ntm/module/module.h"

namespace ntm {

// Those of all modules.
std::vector<Subcommand> SubcommandsOf(
    const std::vector<std::unique_ptr<Module>>& modules);

// Throws iff the first word of the command line is near to a subcommand, or is
// what others call one, and the filter that it belongs to is none.
void SuggestSubcommand(const std::string& first_word, const std::string& filter,
                       const std::vector<std::unique_ptr<Module>>& modules);

}  // namespace ntm
