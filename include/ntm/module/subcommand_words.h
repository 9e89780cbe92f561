// Takes the words of a subcommand out of a command line: --hours 24, --json.
//
// Shape    what is not the subcommand's own stays, for ntm's options.
// Threads  any.
// Errors   ntm::Error with kExitUsage where a value is missing.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ntm {

// By name, "" for a flag's value.
using SubcommandWords = std::map<std::string, std::string>;

// Takes each of `flags`, and each of `options` with its value, which follows it
// or an equals sign. `subcommand` is the name that an error begins with.
SubcommandWords TakeSubcommandWords(std::span<const std::string_view> flags,
                                    std::span<const std::string_view> options,
                                    const std::string& subcommand,
                                    std::vector<std::string>* words);

}  // namespace ntm
