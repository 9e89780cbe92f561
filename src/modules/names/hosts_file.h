// Reads names of hosts as hosts(5) has them.
//
// Shape    one address and its names per line, "#" begins a comment; the first
//          name of an address' first line counts. Addresses that no host has
//          (0.0.0.0 and ::, as lists of blocked names use them) are passed
//          over.
// Threads  a pure function.
// Errors   none; a line that is none is passed over.
// Source   hosts(5).
#pragma once

#include <string_view>
#include <unordered_map>

#include "ntm/net/host_names.h"

namespace ntm::names {

// Names as they were found, not yet checked.
using FoundNames = std::unordered_map<Address, std::string, AddressHash>;

FoundNames ParseHosts(std::string_view text);

}  // namespace ntm::names
