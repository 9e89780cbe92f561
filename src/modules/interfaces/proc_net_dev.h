// The links as /proc/net/dev has them, for where netlink is not allowed.
//
// Threads  pure function; ReadProcNetDev() reads /proc and /sys.
// Errors   ReadProcNetDev() throws ntm::Error without /proc/net/dev.
//          What is not a line of it is skipped.
// Source   proc_pid_net(5); Documentation/ABI/testing/sysfs-class-net.
#pragma once

#include <string>
#include <vector>

#include "link_reading.h"

namespace ntm::interfaces {

// Names and counters.
std::vector<LinkReading> ParseProcNetDev(const std::string& text);

// The same of this machine, with index, state, MTU and MAC as far as /sys has
// them.
std::vector<LinkReading> ReadProcNetDev();

}  // namespace ntm::interfaces
