// Finds the modules that implement one of the small interfaces in
// include/ntm/module.
//
// Shape    uses dynamic_cast: only for the start, never per packet, scrape or
//          tick.
// Threads  pure functions.
#pragma once

#include <memory>
#include <vector>

#include "ntm/module/module.h"

namespace ntm {

// Null if the module does not implement it.
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
