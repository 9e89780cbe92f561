// Formats and prints the report of a cycle for the console, in exactly the
// layout of the network monitor that ntm replaces.
//
// Units    B, KB, MB, GB, TB, PB in steps of 1024.
// Threads  any; printing on the main thread.
#pragma once

#include <cstdint>
#include <ctime>
#include <string>

#include "ntm/module/reports.h"

namespace ntm {

// "500.00 B", "2.00 KB".
std::string FormatByteCount(uint64_t bytes);

// `local` is the cycle's time in the local time zone.
std::string ConsoleReport(const InterfaceCycle& cycle, const std::tm& local);

// Prints it in the process's time zone; throws ntm::Error if standard output
// cannot be written.
void PrintReport(const InterfaceCycle& cycle);

// Writes the text to standard output and flushes it; throws ntm::Error.
void PrintText(const std::string& text);

}  // namespace ntm
