// Parses a bandwidth given in an option.
//
// Units    bits per second.
// Threads  pure function.
// Errors   std::invalid_argument whose message follows the option's name.
#pragma once

#include <cstdint>
#include <string>

namespace ntm::interfaces {

inline constexpr double kBitsPerByte = 8;

// "100M", "2.5 Gbit/s", "1000000000": a number, then k, M, G or T (powers of
// 1000, case does not matter), then bit, bit/s, bps or nothing. Never zero.
uint64_t ParseBandwidth(const std::string& text);

}  // namespace ntm::interfaces
