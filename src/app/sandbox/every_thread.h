// Does something on every thread of the process, those that other parts have
// started included: what the kernel keeps per thread has to be set on each.
//
// Shape    a signal of its own interrupts each thread once; the work runs in
//          its handler.
// Threads  main thread only.
// Errors   a thread that blocks every signal is not reached.
// Source   the way of nptl(7) with user ids, signal-safety(7).
#pragma once

namespace ntm {

// `work` returns 0 or an error number, must be async-signal-safe and is given
// `argument`. Returns the first error, or ETIMEDOUT where a thread did not come
// to it within two seconds.
int OnEveryThread(int (*work)(const void* argument), const void* argument);

// How many threads this process has.
int CountThreads();

}  // namespace ntm
