// Puts the program together from its options, runs it, takes it down again.
//
// Threads  called on the main thread, which is the time line; makes the capture
//          thread and the HTTP server's.
// Errors   throws ntm::Error where it cannot start. Returns the exit code.
#pragma once

#include <memory>
#include <vector>

#include "app/options/options.h"
#include "ntm/module/module.h"

namespace ntm {

// Captures from interfaces and serves until SIGINT, SIGTERM or --count.
int RunLive(const Options& options,
            std::vector<std::unique_ptr<Module>> modules);

// Reads a capture file; prints the exposition, or (--serve) keeps serving it.
int RunFile(const Options& options,
            std::vector<std::unique_ptr<Module>> modules);

// One cycle of the interfaces' counters, as a report on standard output,
// without capture or server.
int RunOnce(const Options& options,
            std::vector<std::unique_ptr<Module>> modules);

}  // namespace ntm
