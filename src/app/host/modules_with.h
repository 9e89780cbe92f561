// Which modules derive from one of the rare parts of include/ntm/module.
//
// Shape    asks the type of each module: for the start, not for what happens
//          per packet, scrape or tick.
// Threads  pure functions.
#pragma once

#include <memory>
#include <vector>

#include "ntm/module/module.h"

namespace ntm {

// Null where it does not.
template <typename Part>
Part* PartOf(const std::unique_ptr<Module>& module) {
  return dynamic_cast<Part*>(module.get());
}

// In the modules' order.
template <typename Part>
std::vector<Part*> ModulesWith(
    const std::vector<std::unique_ptr<Module>>& modules) {
  std::vector<Part*> found;
  for (const auto& module : modules) {
    if (auto* part = PartOf<Part>(module)) found.push_back(part);
  }
  return found;
}

}  // namespace ntm
