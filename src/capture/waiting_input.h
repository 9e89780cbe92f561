// A stdio stream for a pipe; asks its reader to wait for data before it reads.
//
// libpcap reads through stdio, inside pcap_dispatch(), where the reader holds
// the pipeline's lock. A pipe may be silent for hours, so the reader waits for
// each buffer itself, without the lock.
//
// Threads  used by the thread that reads.
// Errors   nullptr if memory runs out.
// Source   fopencookie(3).
#pragma once

#include <cstdio>

#include "ntm/capture/capture.h"

namespace ntm {

// Takes ownership of the descriptor. `waiter` must outlive the stream.
std::FILE* OpenWaitingInput(int descriptor, InputWaiter* waiter);

}  // namespace ntm
