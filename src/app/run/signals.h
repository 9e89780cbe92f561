// Waits for SIGINT, SIGTERM and SIGHUP synchronously, instead of with signal
// handlers.
//
// Threads  Block() on the main thread before other threads start, which inherit
//          the mask. The rest on the main thread only.
#pragma once

#include <chrono>

namespace ntm::signals {

// Blocks SIGINT and SIGTERM; SIGPIPE is ignored.
void Block();

// Blocks SIGHUP, which then requests a reload instead of ending the process.
void BlockReload();

// Returns true iff SIGHUP has arrived since the last call.
bool TakeReload();

// Between BeginStart() and EndStart() SIGINT or SIGTERM ends the process with
// exit code 0: at once or, after TakeCare(), only if EndStart() is not
// reached within 3 seconds. REQUIRES: Block().
void BeginStart();
void TakeCare();
// In between, the thread that waits for the two does not run, so that the main
// thread is the only one: some rights are kept per thread by the kernel.
void PauseStart();
void ResumeStart();
// Returns true iff SIGINT or SIGTERM arrived during the start.
bool EndStart();

// Waits for SIGINT or SIGTERM; returns false after `timeout`.
bool Wait(std::chrono::nanoseconds timeout);

}  // namespace ntm::signals
