// Goes the way of a start that follows the parsing of options, short of opening
// anything to capture from, to serve on or to keep: the filter is compiled, the
// files that are there are read, the modules look at their options.
//
// Threads  main thread, in place of a run.
// Errors   throws what the start would throw. What cannot be read by who asks,
//          but perhaps by who starts it, is a warning in the log.
#pragma once

#include <memory>
#include <vector>

#include "app/options/options.h"
#include "ntm/module/module.h"

namespace ntm {

void CheckStart(const Options& options,
                const std::vector<std::unique_ptr<Module>>& modules);

}  // namespace ntm
