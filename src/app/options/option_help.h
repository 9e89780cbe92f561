// The text of --help, whole or of a verb: verbs, and options by group, each
// with its default and variable.
#pragma once

#include <string>
#include <vector>

#include "ntm/module.h"

namespace CLI {
class App;
}

namespace ntm {

// Of one verb alone.
std::string HelpText(const Verb& verb);
std::string DoctorHelpText();

std::string HelpText(const CLI::App& app, const std::vector<Verb>& verbs);

}  // namespace ntm
