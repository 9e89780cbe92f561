// SIGINT and SIGTERM as something to wait for instead of an interruption.
//
// Threads  Block() on the main thread before any other thread starts; the
//          others inherit the mask. Wait() on the main thread only.
#pragma once

#include <chrono>

namespace ntm::signals {

// From now on the two signals stay pending; SIGPIPE is ignored.
void Block();

// From now on SIGHUP asks for a reload, and ends nothing.
void BlockReload();

// Returns true iff SIGHUP has arrived since the last call.
bool TakeReload();

// Until EndStart() one of the two ends the process, with exit code 0: at once;
// after TakeCare(), which says that there is something to clean up, only where
// EndStart() is not reached within some seconds. REQUIRES: Block().
void BeginStart();
void TakeCare();
// In between the thread that waits for the two does not run, so that the main
// thread is the only one: for what the kernel keeps per thread.
void PauseStart();
void ResumeStart();
// Returns true iff one of the two has arrived.
bool EndStart();

// Returns true iff one of the two arrived before `timeout` was over.
bool Wait(std::chrono::nanoseconds timeout);

}  // namespace ntm::signals
