// The text of --help: options by group, each with its default and variable.
#pragma once

#include <string>

namespace CLI {
class App;
}

namespace ntm {

std::string HelpText(const CLI::App& app);

}  // namespace ntm
