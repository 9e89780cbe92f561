// `ntm --health-check`: whether the ntm that runs with this configuration can
// do its work, for containers without a shell.
//
// Shape    asks /-/ready of the first address that ntm serves on; prints what
//          it says. Exit code 0 iff that is 200.
// Threads  main thread, in place of a run.
// Errors   none throws.
#pragma once

#include "app/options/options.h"

namespace ntm {

int CheckHealth(const Options& options);

}  // namespace ntm
