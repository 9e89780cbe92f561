// `ntm --health-check`: checks whether the ntm that runs with this
// configuration is ready, for containers without a shell.
//
// Shape    requests /-/ready from the first address that ntm serves on, and
//          prints the response. Exit code 0 iff its status is 200.
// Threads  main thread, instead of a run.
// Errors   none thrown.
#pragma once

#include "app/options/options.h"

namespace ntm {

int CheckHealth(const Options& options);

}  // namespace ntm
