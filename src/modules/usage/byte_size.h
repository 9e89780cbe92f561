// Parses a number of bytes given in an option.
//
// Threads  pure functions.
// Errors   std::invalid_argument whose message follows the option's name.
#pragma once

#include <cstdint>
#include <string>

namespace ntm::usage {

// "500GB", "1.5 TiB", "1000000": a number, then B, kB, MB, GB, TB or PB (powers
// of 1000; the B is optional), KiB to PiB (powers of 1024), or nothing. Case
// does not matter.
uint64_t ParseByteSize(const std::string& text);

}  // namespace ntm::usage
