// A pipe as a stdio stream that asks before it blocks.
//
// libpcap reads through stdio, inside pcap_dispatch(), where the reader holds
// the pipeline's lock. A pipe may be silent for hours; so whoever reads is
// asked to wait for it, with the lock given back, once per buffer.
//
// Threads  used by the thread that reads.
// Errors   nullptr where memory runs out.
// Source   fopencookie(3).
#pragma once

#include <cstdio>

#include "ntm/capture/capture.h"

namespace ntm {

// Takes the descriptor over. `waiter` must outlive the stream.
std::FILE* OpenWaitingInput(int descriptor, InputWaiter* waiter);

}  // namespace ntm
