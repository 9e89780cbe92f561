// The report of a cycle, for people at a console; its layout is that of the
// network monitor which ntm takes the place of, to the byte.
//
// Units    B, KB, MB, GB, TB, PB, each 1024 of the one before.
// Threads  pure functions.
#pragma once

#include <cstdint>
#include <ctime>
#include <string>

#include "ntm/module/reports.h"

namespace ntm {

// "500.00 B", "2.00 KB".
std::string FormatByteCount(uint64_t bytes);

// `local` is the cycle's time where the reader is.
std::string ConsoleReport(const InterfaceCycle& cycle, const std::tm& local);

// Prints it with the time zone of the process; throws ntm::Error where standard
// output cannot be written.
void PrintReport(const InterfaceCycle& cycle);

// Writes all of it to standard output, at once; throws ntm::Error.
void PrintText(const std::string& text);

}  // namespace ntm
