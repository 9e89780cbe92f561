// The text of --help: verbs, and options by group, each with its default and
// variable.
#pragma once

#include <string>
#include <vector>

#include "ntm/module.h"

namespace CLI {
class App;
}

namespace ntm {

std::string HelpText(const CLI::App& app, const std::vector<Verb>& verbs);

}  // namespace ntm
