// Sets up the log: one line per message on standard error and in a file.
//
// Shape    text  2026-01-31T12:00:00.123Z info message
//          JSON  {"time":"2026-01-31T12:00:00.123Z","level":"info",
//                 "message":"message"}
//          Times are UTC. A pattern (log_pattern.h) changes the format of text.
//          A message is always one line: control characters are escaped, and
//          invalid UTF-8 becomes U+FFFD.
// Threads  SetUpLog() before other threads start; then spdlog's default logger
//          (spdlog::info(…)) on any thread but the capture threads.
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
  kCritical,  // ntm logs nothing at this level, so it silences the log
};

enum class LogFormat : uint8_t { kText, kJson };

// Configures spdlog's default logger; it also writes to `file` if that has a
// path. Throws ntm::Error if the file cannot be opened. `pattern` applies to
// text, not to JSON.
void SetUpLog(LogLevel level, LogFormat format, const LogFile& file = {},
              const std::optional<LogPattern>& pattern = std::nullopt);

// On any thread, after SetUpLog().
void SetLogLevel(LogLevel level);

// One line of the log, without a newline.
std::string FormatLogLine(LogFormat format,
                          std::chrono::system_clock::time_point time,
                          std::string_view level, std::string_view message,
                          const LogPattern* pattern = nullptr);

}  // namespace ntm
