// Runs the program with the given modules; main() only chooses them.
//
// Threads  called once, on the main thread.
// Errors   none thrown: an error is printed on standard error in one line.
//          Returns the exit code.
#pragma once

#include <memory>
#include <vector>

#include "ntm/module/module.h"

namespace ntm {

int RunProgram(int argc, char** argv,
               std::vector<std::unique_ptr<Module>> modules);

}  // namespace ntm
