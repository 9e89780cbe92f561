// Makes all modules that this program was built with, sorted by name.
#pragma once

#include <memory>
#include <vector>

#include "ntm/module/module.h"

namespace ntm {

std::vector<std::unique_ptr<Module>> MakeModules();

}  // namespace ntm
