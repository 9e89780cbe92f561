// The whole program but for the choice of its modules.
//
// Threads  called on the main thread, once.
// Errors   none leave it: what cannot go on is said on standard error, in one
//          line. Returns the exit code.
#pragma once

#include <memory>
#include <vector>

#include "ntm/module/module.h"

namespace ntm {

int RunProgram(int argc, char** argv,
               std::vector<std::unique_ptr<Module>> modules);

}  // namespace ntm
