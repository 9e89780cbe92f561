// The subcommands of ntm: its own and those of its modules.
//
// Shape    a subcommand is the first word of the command line and nowhere else,
//          so that a filter may have any word in it.
// Threads  main thread, at the start.
// Errors   SuggestSubcommand() throws ntm::Error, exit code 2.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "ntm/module/command_line.h"
#include "ntm/module/module.h"

namespace ntm {

inline constexpr char kHelpSubcommand[] = "help";

// Those of no module, which have neither take() nor run().
std::vector<Subcommand> OwnSubcommands();

std::optional<Subcommand> FindSubcommand(
    const std::string& name,
    const std::vector<std::unique_ptr<Module>>& modules);

// For `ntm histroy` and `ntm watch`, which libpcap would call a syntax error:
// throws iff the first word of the command line is near to a subcommand, or is
// a usual name for one, and the filter that begins with it is not valid.
void SuggestSubcommand(const std::string& first_word, const std::string& filter,
                       const std::vector<std::unique_ptr<Module>>& modules);

}  // namespace ntm
