// Filters the outgoing copy of each frame on the loopback interface. The frame
// is also received there, and libpcap would discard the copy only after the
// kernel has put it into the ring and counted it as received.
//
// Threads  one at a time.
// Source   packet(7), libpcap's pcap-linux.c, linux/filter.h (SKF_AD_IFINDEX).
#pragma once

#include <string>

namespace ntm {

// `socket` has the capture's filter already, if there is any. Returns false
// where nothing had to be done: no frame of the loopback interface arrives, or
// the kernel refuses; then libpcap leaves the copies out, as it always has.
bool LeaveOutOwnCopies(const std::string& interface, int socket);

}  // namespace ntm
