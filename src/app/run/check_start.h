// Checks for --check-config whether ntm could start: compiles the filter, reads
// the files that the options name, and lets the modules check their options. It
// opens no interface, no socket and no file for writing.
//
// Threads  main thread, instead of a run.
// Errors   throws what the start would throw. A file that the current user
//          cannot read only causes a warning, because the user that runs ntm
//          may have access.
#pragma once

#include <memory>
#include <vector>

#include "app/options/options.h"
#include "ntm/module/module.h"

namespace ntm {

void CheckStart(const Options& options,
                const std::vector<std::unique_ptr<Module>>& modules);

}  // namespace ntm
