// The log: one line per message on standard error, and in a file.
//
// Shape    text  2026-01-31T12:00:00.123Z info message
//          JSON  {"time":"2026-01-31T12:00:00.123Z","level":"info",
//                 "message":"message"}
//          Times are UTC; a pattern lays text out as log_pattern.h says. A
//          message stays on one line whatever it holds: control characters and
//          bytes that are not UTF-8 are escaped.
// Threads  SetUpLog() before any other thread starts; then spdlog's default
//          logger (spdlog::info(…)) from any thread but the capture's.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "log_file.h"
#include "log_pattern.h"

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
// path; throws ntm::Error if that cannot be opened. A pattern is for lines of
// text.
void SetUpLog(LogLevel level, LogFormat format, const LogFile& file = {},
              const std::optional<LogPattern>& pattern = std::nullopt);

// Any thread, once it is set up.
void SetLogLevel(LogLevel level);

// One line of the log, without its end.
std::string FormatLogLine(LogFormat format,
                          std::chrono::system_clock::time_point time,
                          std::string_view level, std::string_view message,
                          const LogPattern* pattern = nullptr);

}  // namespace ntm
