// Builds the program from its options and runs it until it ends.
//
// Threads  called on the main thread, which then runs the ticks; starts the
//          capture threads and the HTTP server's.
// Errors   throws ntm::Error if it cannot start. Returns the exit code.
#pragma once

#include <memory>
#include <vector>

#include "app/options/options.h"
#include "ntm/module/module.h"

namespace ntm {

// Captures from interfaces and serves until SIGINT, SIGTERM or --count.
int RunLive(const Options& options,
            std::vector<std::unique_ptr<Module>> modules);

// Reads capture files; prints the exposition, or serves it (--serve), or writes
// samples (--openmetrics).
int RunFile(const Options& options,
            std::vector<std::unique_ptr<Module>> modules);

// Prints a report of the interfaces' counters (--once), without capture or
// server.
int RunOnce(const Options& options,
            std::vector<std::unique_ptr<Module>> modules);

}  // namespace ntm
