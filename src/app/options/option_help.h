// The text of --help, whole or of a subcommand: subcommands, and options by
// group, each with its default and variable.
#pragma once

#include <string>
#include <vector>

#include "ntm/module/command_line.h"

namespace CLI {
class App;
}

namespace ntm {

// Of one subcommand alone.
std::string HelpText(const Subcommand& subcommand);
std::string DoctorHelpText();

std::string HelpText(const CLI::App& app,
                     const std::vector<Subcommand>& subcommands);

}  // namespace ntm
