// The log: one line per message on standard error, and in a file.
//
// Shape    text  2026-01-31T12:00:00.123Z info message
//          JSON  {"time":"2026-01-31T12:00:00.123Z","level":"info",
//                 "message":"message"}
//          Times are UTC. A message stays on one line whatever it holds:
//          control characters and bytes that are not UTF-8 are escaped.
// Threads  SetUpLog() before any other thread starts; then spdlog's default
//          logger (spdlog::info(…)) from any thread but the capture's.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "log_file.h"

namespace ntm {

enum class LogLevel : uint8_t {
  kTrace,
  kDebug,
  kInfo,
  kWarning,
  kError,
  kCritical,  // not one of ours; silences everything else
};

enum class LogFormat : uint8_t { kText, kJson };

// Makes spdlog's default logger write this way, to the file as well if it has a
// path; throws ntm::Error if that cannot be opened.
void SetUpLog(LogLevel level, LogFormat format, const LogFile& file = {});

// Any thread, once it is set up.
void SetLogLevel(LogLevel level);

// One line of the log, without its end.
std::string FormatLogLine(LogFormat format,
                          std::chrono::system_clock::time_point time,
                          std::string_view level, std::string_view message);

}  // namespace ntm
