// All modules that this binary was built with, in the order of their names.
#pragma once

#include <memory>
#include <vector>

#include "ntm/module/module.h"

namespace ntm {

std::vector<std::unique_ptr<Module>> MakeModules();

}  // namespace ntm
