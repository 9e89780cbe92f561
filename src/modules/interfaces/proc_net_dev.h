// Reads the links from /proc/net/dev, for systems that do not allow netlink.
//
// Threads  pure function; ReadProcNetDev() reads /proc and /sys.
// Errors   ReadProcNetDev() throws ntm::Error without /proc/net/dev. Lines in
//          another format are skipped.
// Source   proc_pid_net(5); Documentation/ABI/testing/sysfs-class-net.
#pragma once

#include <string>
#include <vector>

#include "link_reading.h"

namespace ntm::interfaces {

// Parses names and counters.
std::vector<LinkReading> ParseProcNetDev(const std::string& text);

// Reads /proc/net/dev of this machine, and index, state, MTU and MAC address
// from /sys if available.
std::vector<LinkReading> ReadProcNetDev();

}  // namespace ntm::interfaces
