// Parses host names in the format of hosts(5).
//
// Shape    one address and its names per line, "#" starts a comment; the first
//          name on an address's first line is used. 0.0.0.0 and ::, which block
//          lists use, are skipped.
// Threads  a pure function.
// Errors   none; invalid lines are skipped.
// Source   hosts(5).
#pragma once

#include <string_view>
#include <unordered_map>

#include "ntm/net/host_names.h"

namespace ntm::names {

// Names as found in the file, not yet checked.
using FoundNames = std::unordered_map<Address, std::string, AddressHash>;

FoundNames ParseHosts(std::string_view text);

}  // namespace ntm::names
